"""The local stack: environments, emulator, build, deploy, demonstration. Development only, never packaged."""
