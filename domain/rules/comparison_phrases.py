"""What comparisons are called: English, Spanish, French."""

from collections.abc import Mapping
from types import MappingProxyType

from domain.rules.fact_words import Words
from domain.rules.operators import Operator

NEGATED: Mapping[Operator, Operator] = MappingProxyType(
    {
        one: other
        for a, b in (
            (Operator.EQUALS, Operator.NOT_EQUALS),
            (Operator.MORE_THAN, Operator.AT_MOST),
            (Operator.LESS_THAN, Operator.AT_LEAST),
            (Operator.ONE_OF, Operator.NONE_OF),
            (Operator.HAS_ANY, Operator.HAS_NONE),
            (Operator.IS_TRUE, Operator.IS_FALSE),
            (Operator.IS_KNOWN, Operator.IS_UNKNOWN),
        )
        for one, other in ((a, b), (b, a))
    }
)
"""The operator that says the contrary, where there is one."""

_TEXT_WORDS: Mapping[str, Words] = {
    "equals": ("{fact} is {value}", "{fact} es {value}", "{fact} est {value}"),
    "not_equals": ("{fact} is not {value}", "{fact} no es {value}", "{fact} n'est pas {value}"),
    "one_of": ("{fact} is {value}", "{fact} es {value}", "{fact} est {value}"),
    "none_of": ("{fact} is not {value}", "{fact} no es {value}", "{fact} n'est {value}"),
    "contains": ("{fact} contains {value}", "{fact} contiene {value}", "{fact} contient {value}"),
    "not contains": (
        "{fact} does not contain {value}",
        "{fact} no contiene {value}",
        "{fact} ne contient pas {value}",
    ),
    "starts_with": (
        "{fact} starts with {value}",
        "{fact} empieza por {value}",
        "{fact} commence par {value}",
    ),
    "not starts_with": (
        "{fact} does not start with {value}",
        "{fact} no empieza por {value}",
        "{fact} ne commence pas par {value}",
    ),
    "ends_with": ("{fact} ends with {value}", "{fact} termina en {value}", "{fact} se termine par {value}"),
    "not ends_with": (
        "{fact} does not end with {value}",
        "{fact} no termina en {value}",
        "{fact} ne se termine pas par {value}",
    ),
    "is_known": ("{fact} is known", "se conoce {fact}", "on connaît {fact}"),
    "is_unknown": ("{fact} is unknown", "no se conoce {fact}", "on ne connaît pas {fact}"),
}
_SIZE_WORDS: Mapping[str, Words] = {
    **_TEXT_WORDS,
    "more_than": ("{fact} is more than {value}", "{fact} es superior a {value}", "{fact} dépasse {value}"),
    "at_least": (
        "{fact} is at least {value}",
        "{fact} es de al menos {value}",
        "{fact} est d'au moins {value}",
    ),
    "less_than": (
        "{fact} is less than {value}",
        "{fact} es inferior a {value}",
        "{fact} est de moins de {value}",
    ),
    "at_most": (
        "{fact} is at most {value}",
        "{fact} es como máximo de {value}",
        "{fact} ne dépasse pas {value}",
    ),
    "between": ("{fact} is between {value}", "{fact} está entre {value}", "{fact} se situe entre {value}"),
    "not between": (
        "{fact} is not between {value}",
        "{fact} no está entre {value}",
        "{fact} ne se situe pas entre {value}",
    ),
}
_DATE_WORDS: Mapping[str, Words] = {
    **_SIZE_WORDS,
    "equals": ("{fact} is {value}", "{fact} es el {value}", "{fact} est le {value}"),
    "not_equals": ("{fact} is not {value}", "{fact} no es el {value}", "{fact} n'est pas le {value}"),
    "more_than": ("{fact} is after {value}", "{fact} es posterior al {value}", "{fact} est après le {value}"),
    "at_least": (
        "{fact} is {value} or later",
        "{fact} es el {value} o posterior",
        "{fact} est le {value} ou plus tard",
    ),
    "less_than": ("{fact} is before {value}", "{fact} es anterior al {value}", "{fact} est avant le {value}"),
    "at_most": (
        "{fact} is {value} or earlier",
        "{fact} es el {value} o anterior",
        "{fact} est le {value} ou plus tôt",
    ),
}
_CLOCK_WORDS: Mapping[str, Words] = {
    **_SIZE_WORDS,
    "more_than": ("{fact} is after {value}", "{fact} es posterior a {value}", "{fact} est après {value}"),
    "at_least": (
        "{fact} is {value} or later",
        "{fact} es igual o posterior a {value}",
        "{fact} est {value} ou plus tard",
    ),
    "less_than": ("{fact} is before {value}", "{fact} es anterior a {value}", "{fact} est avant {value}"),
    "at_most": (
        "{fact} is {value} or earlier",
        "{fact} es igual o anterior a {value}",
        "{fact} est {value} ou plus tôt",
    ),
}
_FLAG_WORDS: Mapping[str, Words] = {
    "is_known": ("it is known whether {fact}", "se sabe si {fact}", "on sait si {fact}"),
    "is_unknown": ("it is not known whether {fact}", "no se sabe si {fact}", "on ne sait pas si {fact}"),
}
COMPARISONS: Mapping[str, Mapping[str, Words]] = MappingProxyType(
    {
        "money": _SIZE_WORDS,
        "number": _SIZE_WORDS,
        "age": _SIZE_WORDS,
        "date": _DATE_WORDS,
        "clock": _CLOCK_WORDS,
        "text": _TEXT_WORDS,
        "flag": _FLAG_WORDS,
    }
)
"""By kind and operator; with `not ` before it, what is said of the contrary where no operator says it."""

TAG_COMPARISONS: Mapping[str, Mapping[str, Words]] = MappingProxyType(
    {
        "tags": {
            "has_any": (
                "the order is tagged {value}",
                "el pedido lleva la etiqueta {value}",
                "la commande porte l'étiquette {value}",
            ),
            "has_all": (
                "the order is tagged {value}",
                "el pedido lleva las etiquetas {value}",
                "la commande porte les étiquettes {value}",
            ),
            "has_none": (
                "the order is not tagged {value}",
                "el pedido no lleva la etiqueta {value}",
                "la commande ne porte pas l'étiquette {value}",
            ),
            "has_none many": (
                "the order has none of the tags {value}",
                "el pedido no lleva ninguna de las etiquetas {value}",
                "la commande ne porte aucune des étiquettes {value}",
            ),
            "not has_all": (
                "the order lacks one of the tags {value}",
                "al pedido le falta alguna de las etiquetas {value}",
                "il manque à la commande une des étiquettes {value}",
            ),
            "is_known": ("the tags are known", "se conocen las etiquetas", "on connaît les étiquettes"),
            "is_unknown": (
                "the tags are unknown",
                "no se conocen las etiquetas",
                "on ne connaît pas les étiquettes",
            ),
        },
        "findings": {
            "has_any": (
                "the checks found {value}",
                "las comprobaciones encontraron {value}",
                "les contrôles ont trouvé {value}",
            ),
            "has_all": (
                "the checks found {value}",
                "las comprobaciones encontraron {value}",
                "les contrôles ont trouvé {value}",
            ),
            "has_none": (
                "the checks did not find {value}",
                "las comprobaciones no encontraron {value}",
                "les contrôles n'ont pas trouvé {value}",
            ),
            "has_none many": (
                "the checks found none of these: {value}",
                "las comprobaciones no encontraron nada de esto: {value}",
                "les contrôles n'ont trouvé aucun de ces points : {value}",
            ),
            "not has_all": (
                "the checks did not find all of {value}",
                "las comprobaciones no encontraron todo esto: {value}",
                "les contrôles n'ont pas trouvé tout cela : {value}",
            ),
            "is_known": (
                "it is known what the checks found",
                "se sabe qué encontraron las comprobaciones",
                "on sait ce que les contrôles ont trouvé",
            ),
            "is_unknown": (
                "it is not known what the checks found",
                "no se sabe qué encontraron las comprobaciones",
                "on ne sait pas ce que les contrôles ont trouvé",
            ),
        },
    }
)
"""The same for facts that are tags, by the fact's name."""
