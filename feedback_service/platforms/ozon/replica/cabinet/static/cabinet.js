"use strict";
// The cabinet's pages: a list (no query) or one item with its replies and a form (?uuid=…).

const root = location.pathname.split("/app/")[0];
const app = document.getElementById("app");
const company = app.dataset.companyId;
const opened = new URLSearchParams(location.search).get("uuid");
const at = (id) => document.getElementById(id);

const REVIEWS = {
  type: "review",
  list: (last) => call("/api/v3/review/list", {
    with_counters: false, sort: { sort_by: "PUBLISHED_AT", sort_direction: "DESC" }, company_type: "seller",
    filter: { interaction_status: ["ALL"] }, company_id: company,
    pagination_last_timestamp: last ? last.timestamp : null, pagination_last_uuid: last ? last.uuid : null,
  }).then((told) => ({
    rows: told.result.map(REVIEWS.row),
    last: told.hasNext ? { timestamp: told.pagination_last_timestamp, uuid: told.pagination_last_uuid } : null,
  })),
  one: (uuid) => call("/api/review/info", seller({ review_uuid: uuid })).then((told) => REVIEWS.row(told.result)),
  replies: (uuid) => call("/api/review/comment/list", seller({ review_uuid: uuid })).then((told) => told.result),
  send: (uuid, text) => call("/api/review/comment/create", seller({ review_uuid: uuid, text, parent_comment_id: 0 })),
  remove: (reply) => call("/api/review/comment/delete", seller({ comment_uuid: reply })),
  row: (one) => ({
    uuid: one.uuid, rating: one.rating, author: one.author_name, date: one.published_at, product: one.product.title,
    status: one.interaction_status, text: one.text.comment, pros: one.text.positive, cons: one.text.negative,
  }),
};

const QUESTIONS = {
  type: "questions",
  list: (last) => call("/api/v1/question-list", asker({
    with_brands: false, with_counters: false, filter: { status: "ALL" },
    pagination_last_id: last ? last.id : "0", last_published_at: last ? last.at : null,
  })).then((told) => ({
    rows: told.result.map(QUESTIONS.row),
    last: told.pagination_last_id === "0" ? null : { id: told.pagination_last_id, at: told.last_published_at },
  })),
  one: (id) => call("/api/v1/question-info", asker({ question_id: id })).then((told) => QUESTIONS.row(told.result)),
  replies: (id) => call("/api/v1/answer-list", asker({ question_id: id })).then((told) => told.result),
  send: (id, text) => call("/api/v1/create-answer", asker({ question_id: id, questionId: id, text })),
  remove: (reply) => call("/api/v1/delete-answer", asker({ answer_id: reply })),
  row: (one) => ({
    uuid: one.id, rating: null, author: one.author.name, date: one.published_at, product: one.product.title,
    status: one.status, text: one.text, pros: "", cons: "",
  }),
};

const kind = app.dataset.page === "questions" ? QUESTIONS : REVIEWS;

function seller(fields) {
  return { company_id: company, company_type: "seller", ...fields };
}

function asker(fields) {
  return { sc_company_id: company, company_type: "seller", ...fields };
}

async function call(path, body) {
  const told = await fetch(root + path, {
    method: "POST",
    headers: {
      "content-type": "application/json", "x-o3-company-id": company, "x-o3-app-name": "seller-ui",
      "x-o3-language": "ru", "x-o3-page-type": kind.type,
    },
    body: JSON.stringify(body),
  });
  const document = await told.json().catch(() => ({}));
  if (!told.ok) throw new Error(document.message || `HTTP ${told.status}`);
  return document;
}

function element(tag, name, text) {
  const made = document.createElement(tag);
  made.className = name;
  made.textContent = text;
  return made;
}

function drawn(row) {
  const item = element("article", "item", "");
  Object.assign(item.dataset, { uuid: row.uuid, status: row.status });
  const date = element("time", "item-date", new Date(row.date).toLocaleString("ru"));
  date.dateTime = row.date;
  const status = element("span", "item-status", row.status);
  const facts = element("p", "item-facts", "");
  facts.append(element("span", "item-author", row.author), " · ", date, " · ", status);
  item.append(element("p", "item-product", row.product), facts);
  if (row.rating !== null) {
    const rating = element("p", "item-rating", "★".repeat(row.rating));
    rating.dataset.rating = row.rating;
    item.append(rating);
  }
  for (const part of ["pros", "cons"]) {
    if (row[part]) item.append(element("p", `item-${part}`, row[part]));
  }
  item.append(element("p", "item-text", row.text));
  return item;
}

function drawnReply(reply) {
  const item = element("li", "reply", "");
  Object.assign(item.dataset, { uuid: reply.id, status: reply.status_publication, owner: reply.is_owner });
  item.append(element("p", "reply-text", reply.text), element("p", "reply-reason", reply.deviation_reason));
  if (reply.is_owner) {
    const remove = element("button", "reply-delete", "Удалить");
    remove.type = "button";
    remove.addEventListener("click", () => working(async () => {
      await kind.remove(reply.id);
      await showReplies();
    }));
    item.append(remove);
  }
  return item;
}

async function working(act) {
  app.dataset.state = "loading";
  at("page-error").hidden = true;
  try {
    await act();
    app.dataset.state = "ready";
  } catch (problem) {
    at("page-error").textContent = problem.message;
    at("page-error").hidden = false;
    app.dataset.state = "error";
  }
}

async function showReplies() {
  at("replies").replaceChildren(...(await kind.replies(opened)).map(drawnReply));
}

async function showCard() {
  at("card-item").replaceChildren(drawn(await kind.one(opened)));
  await showReplies();
  at("card").hidden = false;
}

let last = null;

async function showMore() {
  const page = await kind.list(last);
  for (const row of page.rows) {
    const item = drawn(row);
    const open = element("a", "item-open", "Ответить");
    open.href = `?uuid=${encodeURIComponent(row.uuid)}`;
    item.append(open);
    at("list").append(item);
  }
  last = page.last;
  at("load-more").hidden = last === null;
  at("empty").hidden = at("list").childElementCount > 0;
}

function say(result, text) {
  at("reply-result").dataset.result = result;
  at("reply-result").textContent = text;
  at("reply-result").hidden = false;
}

async function send(event) {
  event.preventDefault();
  at("reply-send").disabled = true;
  at("reply-result").hidden = true;
  try {
    await kind.send(opened, at("reply-text").value);
    at("reply-text").value = "";
    await working(showCard);
    say("sent", "Ответ отправлен");
  } catch (problem) {
    say("failed", problem.message);
  }
  at("reply-send").disabled = false;
}

at("menu-reviews").href = `${root}/app/reviews`;
at("menu-questions").href = `${root}/app/reviews/questions`;
at("load-more").addEventListener("click", () => working(showMore));
at("reply-form").addEventListener("submit", send);
working(opened ? showCard : showMore);
