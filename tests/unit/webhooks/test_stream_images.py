"""An endpoint's record as it comes out of the table's stream."""

from flows.aws.attribute_values import unmarshal


def test_binary_values_of_stream_records_are_base64_text():
    image = {"secret": {"M": {"ciphertext": {"B": "AAEC"}, "format": {"N": "1"}}}, "event": {"S": "{}"}}

    assert unmarshal(image) == {"secret": {"ciphertext": b"\x00\x01\x02", "format": 1}, "event": "{}"}
