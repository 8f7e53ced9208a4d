"""Ways around the platform, and the harmless numbers and dots that look like them."""

from __future__ import annotations

import pytest

from feedback_service.lexicon.inspector import Inspector


def rules(text: str) -> list[str]:
    return [finding.rule for finding in Inspector().inspect(text, ())]


@pytest.mark.parametrize(
    "text",
    [
        "Подробности на https://example.com/shop",
        "Подробности на example.ru",
        "Заходите на компания.рф!",
        "Заходите на чайный-дом.рус",
        "Ищите нас: EXAMPLE.RU",
        "Наш сайт www.example.online",
        "Пишите t.me/tea_house",
        "Пишите wa.me/79000000000",
        "Мы тут: vk.com/tea",
        "Сайт чай точка ру",
        "Сайт chai точка com",
        "Сайт example . ru",
        "Сайт example[.]com",
        "hxxps://example-shop",
        "tg://resolve?domain=tea",
        "exam\u200bple.ru",
        "example\uff0eru",
    ],
)
def test_a_link_is_found_however_it_is_written(text: str) -> None:
    assert rules(text) == ["link"]


@pytest.mark.parametrize(
    "text",
    [
        "Спасибо.Очень рады",
        "Вода.It чистая",
        "и т.д., т.е. всё хорошо, т.к. старались",
        "Антивирус Dr.Web",
        "Размер 42.5, вес 1.5кг, 10.12.2025 в 12.30",
        "Оценка 5.0.Спасибо",
        "Спасибо... Ок",
        "Ставим точку. Рук не хватает",
        "Точка роста: качество",
        "соотношение 1/2, 24/7, и/или",
    ],
)
def test_a_dot_or_slash_alone_is_no_link(text: str) -> None:
    assert rules(text) == []


@pytest.mark.parametrize(
    "text",
    [
        "Пишите: help@example.com",
        "Пишите: mailto:help@example.ru",
        "help (собака) example.ru",
        "help [at] example.com",
        "почта@пример.рф",
    ],
)
def test_an_email_address_is_found(text: str) -> None:
    assert "email" in rules(text)


@pytest.mark.parametrize(
    "text",
    [
        "8 (900) 123-45-67",
        "8(900)1234567",
        "8-900-123-45-67",
        "8 900 123 45 67",
        "89001234567",
        "+7 900 123-45-67",
        "+79001234567",
        "7 900 123 45 67",
        "8 800 555-35-35",
        "8 (495) 123-45-67",
        "(900) 123-45-67",
        "9001234567",
        "8 – 900 – 123 – 45 – 67",
        "8.900.123.45.67",
        "+7 701 123 45 67",
        "8 701 123 45 67",
        "+375 29 123-45-67",
        "8029 123-45-67",
        "80291234567",
        "+44 20 7946 0958",
        "８９００１２３４５６７",
    ],
)
def test_a_phone_number_is_found_however_it_is_written(text: str) -> None:
    assert rules(f"Позвоните нам: {text}, поможем") == ["phone"]


@pytest.mark.parametrize(
    "text",
    [
        "Артикул 291234567",
        "Артикул: 9001234567",
        "арт. 89001234567",
        "Номер заказа 9161234567",
        "Заказ № 89161234567 собран",
        "Штрихкод 4601234567890",
        "код товара 9001234567",
        "Отправление 12345678-0001-1",
        "Цена 8 900 рублей вместо 12 345",
        "1 234 567 890 рублей",
        "Даты 12.05.2026 18:30, 13.05.2026 19:00",
        "с 01.01.2026 по 31.12.2026",
        "Размеры 40-42-44-46-48-50",
        "Рост 158-164-170-176",
        "3000 мАч, 220 В, 50-60 Гц, IP67, 2026 год",
        "8-10 дней, 12-14 часов, 900 г, 1234 мл",
        "ГОСТ 31904-2012, ТУ 9145-001-12345678-2015",
        "№ 123456789",
        "Счёт 1234567890123456",
    ],
)
def test_numbers_of_other_kinds_are_left_alone(text: str) -> None:
    assert rules(text) == []


@pytest.mark.parametrize(
    "text",
    ["Пишите @tea_house", "Телеграм: tea_house", "telegram - @tea_house", "WhatsApp: teahouse", "ВК: teahouse1"],
)
def test_a_name_in_a_messenger_is_found(text: str) -> None:
    assert rules(text) == ["handle"]


@pytest.mark.parametrize("text", ["Чехол подходит для Telegram Messenger", "a @ b", "Держатель @", "вк"])
def test_a_messengers_name_alone_is_left_alone(text: str) -> None:
    assert rules(text) == []


def test_a_place_is_named_once_and_the_sentence_quotes_it() -> None:
    findings = Inspector().inspect("Пишите на help@example.com или example.com", ())

    assert [finding.excerpt for finding in findings] == ["help@example.com", "example.com"]
    assert findings[0].explanation == "Адрес электронной почты: «help@example.com»"
