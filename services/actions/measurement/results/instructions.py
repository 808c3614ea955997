"""What the rules of every result expect of it, by the code of the rule and by language."""

from collections.abc import Mapping

from services.actions.measurement.validation_rules.domain import BUILT_IN

_TOTAL, _RANGE, _CHANGE = BUILT_IN
INSTRUCTIONS: Mapping[str, Mapping[str, str]] = {
    _TOTAL: {
        "en": "The parts of a dimension that makes up the whole sum up to the value.",
        "fr": "Les parties d’une dimension qui couvre l’ensemble totalisent la valeur.",
        "es": "Las partes de una dimensión que abarca el conjunto suman el valor.",
        "ar": "مجموع أجزاء البُعد الذي يشمل الكل يساوي القيمة.",
        "zh": "构成整体的维度，其各部分之和等于该值。",
        "ru": "Части измерения, составляющего целое, в сумме равны значению.",
    },
    _RANGE: {
        "en": "A percentage lies from 0 to 100, unless it is one of growth.",
        "fr": "Un pourcentage se situe entre 0 et 100, sauf s’il exprime une croissance.",
        "es": "Un porcentaje está entre 0 y 100, salvo que exprese un crecimiento.",
        "ar": "تقع النسبة المئوية بين 0 و100، إلا إذا كانت نسبة نمو.",
        "zh": "百分比介于 0 与 100 之间，增长率除外。",
        "ru": "Процент лежит в пределах от 0 до 100, если это не прирост.",
    },
    _CHANGE: {
        "en": "The value differs from the previous one by more than half of it. Say why in `comment`.",
        "fr": "La valeur diffère de plus de moitié de la valeur précédente. Dites pourquoi dans `comment`.",
        "es": "El valor difiere del anterior en más de la mitad de este. Diga por qué en `comment`.",
        "ar": "تختلف القيمة عن السابقة بأكثر من نصفها. بيّن السبب في `comment`.",
        "zh": "该值与上一个值相差超过其一半。请在 `comment` 中说明原因。",
        "ru": "Значение отличается от предыдущего более чем на его половину. Объясните причину в `comment`.",
    },
}
