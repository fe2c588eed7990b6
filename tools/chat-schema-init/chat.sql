-- By the conventions of V1, within the schema alone: nothing here needs public, so a reset of public finds nothing in its way.
-- A user's id is a plain uuid: no foreign key between two services. Ids are random; uuid_v7() is public's.

create schema chat;
comment on schema chat is 'Stand-in for the chat server''s schema, for integration tests.';

create function chat.set_updated_at() returns trigger language plpgsql as $$
begin
  new.updated_at := CURRENT_TIMESTAMP;
  return new;
end $$;

create table chat.conversations (
  id uuid not null default gen_random_uuid(),
  title text,
  created_by uuid not null,
  created_at timestamptz not null default CURRENT_TIMESTAMP,
  updated_at timestamptz not null default CURRENT_TIMESTAMP,
  deleted_at timestamptz,
  constraint pk_conversations primary key (id),
  constraint chk_conversations_title check (char_length(title) <= 200)
);
create index idx_conversations_created_by on chat.conversations (created_by);
create trigger trg_conversations_updated_at before update on chat.conversations
  for each row execute function chat.set_updated_at();
comment on table chat.conversations is 'A conversation between users.';

create table chat.messages (
  id uuid not null default gen_random_uuid(),
  conversation_id uuid not null,
  sender_id uuid not null,
  content text not null,
  created_at timestamptz not null default CURRENT_TIMESTAMP,
  updated_at timestamptz not null default CURRENT_TIMESTAMP,
  deleted_at timestamptz,
  constraint pk_messages primary key (id),
  constraint fk_messages_conversation_id foreign key (conversation_id) references chat.conversations (id) on delete cascade,
  constraint chk_messages_content check (char_length(btrim(content)) between 1 and 4000)
);
create index idx_messages_conversation_created on chat.messages (conversation_id, created_at desc);
create index idx_messages_sender_id on chat.messages (sender_id);
create trigger trg_messages_updated_at before update on chat.messages
  for each row execute function chat.set_updated_at();
comment on table chat.messages is 'A message in a conversation.';
