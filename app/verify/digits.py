"""Check digits: whether a number can be what it claims to be."""


def check_cas(number: str) -> bool:
    """CAS registry number: the last digit is the sum of the others times their place from the right, modulo 10.

    https://www.cas.org/training/documentation/chemical-substances/checkdig"""
    digits, _, last = number.rpartition("-")
    total = sum(place * int(digit) for place, digit in enumerate(reversed(digits.replace("-", "")), start=1))
    return total % 10 == int(last)


def check_isbn_13(number: str) -> bool:
    """ISBN of 13 digits (ISO 2108): weights 1 and 3 in turn make a multiple of 10."""
    return sum(int(digit) * (3 if place % 2 else 1) for place, digit in enumerate(number)) % 10 == 0


def check_issn(number: str) -> bool:
    """ISSN (ISO 3297), with its hyphen: weights 8 to 1 make a multiple of 11; X stands for 10."""
    values = [10 if digit in "Xx" else int(digit) for digit in number.replace("-", "")]
    return sum(weight * value for weight, value in zip(range(8, 0, -1), values, strict=True)) % 11 == 0


def check_orcid(number: str) -> bool:
    """ORCID iD, with its hyphens: ISO 7064 MOD 11-2; X stands for 10."""
    digits = number.replace("-", "")
    total = 0
    for digit in digits[:-1]:
        total = (total + int(digit)) * 2
    return (12 - total % 11) % 11 == (10 if digits[-1] in "Xx" else int(digits[-1]))
