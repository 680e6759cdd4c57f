"""All built-ins by name. A name that is not here does not exist."""

from __future__ import annotations

from functools import cache

from flows.engine.expressions.functions import arrays, dates, matching, numbers, objects, pictures, text
from flows.engine.expressions.functions.builtin import MAX_PICTURE, Builtin
from flows.engine.expressions.scope import Scope


@cache
def builtin_frame() -> Scope:
    """The scope in which every evaluation's own scope lies. Never written to after it is made."""
    scope = Scope()
    for function in _builtins():
        scope.bind(function.function_name, function)
    return scope


def names() -> frozenset[str]:
    """Of all built-ins that can be used."""
    return frozenset(function.function_name for function in _builtins()) - {"eval"}


def _builtins() -> list[Builtin]:
    return [
        Builtin("sum", "<a<n>:n>", numbers.total),
        Builtin("count", "<a:n>", numbers.count),
        Builtin("max", "<a<n>:n>", numbers.largest),
        Builtin("min", "<a<n>:n>", numbers.smallest),
        Builtin("average", "<a<n>:n>", numbers.average),
        Builtin("string", "<x-b?:s>", text.string, arity=1),
        Builtin("substring", "<s-nn?:s>", text.substring),
        Builtin("substringBefore", "<s-s:s>", text.substring_before),
        Builtin("substringAfter", "<s-s:s>", text.substring_after),
        Builtin("lowercase", "<s-:s>", text.lowercase),
        Builtin("uppercase", "<s-:s>", text.uppercase),
        Builtin("length", "<s-:n>", text.length),
        Builtin("trim", "<s-:s>", text.trim),
        Builtin("pad", "<s-ns?:s>", text.pad),
        Builtin("match", "<s-f<s:o>n?:a<o>>", matching.match),
        Builtin("contains", "<s-(sf):b>", matching.contains),
        Builtin("replace", "<s-(sf)(sf)n?:s>", matching.replace),
        Builtin("split", "<s-(sf)n?:a<s>>", matching.split),
        Builtin("join", "<a<s>s?:s>", text.join),
        Builtin("formatNumber", "<n-so?:s>", pictures.format_number, max_text=MAX_PICTURE),
        Builtin("formatBase", "<n-n?:s>", numbers.format_base),
        Builtin("formatInteger", "<n-s:s>", pictures.format_integer, max_text=MAX_PICTURE),
        Builtin("parseInteger", "<s-s:n>", pictures.parse_integer, max_text=MAX_PICTURE),
        Builtin("number", "<(nsb)-:n>", numbers.to_number),
        Builtin("floor", "<n-:n>", numbers.floor),
        Builtin("ceil", "<n-:n>", numbers.ceiling),
        Builtin("round", "<n-n?:n>", numbers.rounded),
        Builtin("abs", "<n-:n>", numbers.absolute),
        Builtin("sqrt", "<n-:n>", numbers.square_root),
        Builtin("power", "<n-n:n>", numbers.power),
        Builtin("random", "<:n>", numbers.random),
        Builtin("boolean", "<x-:b>", numbers.to_boolean),
        Builtin("not", "<x-:b>", numbers.negation),
        Builtin("map", "<af>", arrays.map_items),
        Builtin("zip", "<a+>", arrays.zip_arrays),
        Builtin("filter", "<af>", arrays.filter_items),
        Builtin("single", "<af?>", arrays.single),
        Builtin("reduce", "<afj?:j>", arrays.reduce_items),
        Builtin("sift", "<o-f?:o>", objects.sift),
        Builtin("keys", "<x-:a<s>>", objects.keys),
        Builtin("lookup", "<x-s:x>", objects.lookup),
        Builtin("append", "<xx:a>", arrays.append),
        Builtin("exists", "<x:b>", objects.exists),
        Builtin("spread", "<x-:a<o>>", objects.spread),
        Builtin("merge", "<a<o>:o>", objects.merge),
        Builtin("reverse", "<a:a>", arrays.reverse),
        Builtin("each", "<o-f:a>", objects.each),
        Builtin("error", "<s?:x>", objects.error),
        Builtin("assert", "<bs?:x>", objects.assertion),
        Builtin("type", "<x:s>", objects.type_of),
        Builtin("sort", "<af?:a>", arrays.sort),
        Builtin("shuffle", "<a:a>", arrays.shuffle),
        Builtin("distinct", "<x:x>", arrays.distinct),
        Builtin("base64encode", "<s-:s>", text.base64_encode),
        Builtin("base64decode", "<s-:s>", text.base64_decode),
        Builtin("encodeUrlComponent", "<s-:s>", text.encode_url_component),
        Builtin("encodeUrl", "<s-:s>", text.encode_url),
        Builtin("decodeUrlComponent", "<s-:s>", text.decode_url_component),
        Builtin("decodeUrl", "<s-:s>", text.decode_url),
        Builtin("eval", "<sx?:x>", objects.refused),
        Builtin("toMillis", "<s-s?:n>", dates.to_millis, max_text=MAX_PICTURE),
        Builtin("fromMillis", "<n-s?s?:s>", dates.from_millis, max_text=MAX_PICTURE),
        Builtin("clone", "<(oa)-:o>", objects.cloned),
        Builtin("now", "<s?s?:s>", dates.now, max_text=MAX_PICTURE),
        Builtin("millis", "<:n>", dates.millis),
    ]
