/**
 * Parameters of database URLs that other programs know and the migrator does not support. Only these are repeated in an error: any other word
 * may be a piece of a password. Those of libpq (PostgreSQL manual, 34.1.2), and what other drivers and ORMs call theirs. A name that is missing
 * here is only not repeated.
 */
export const KNOWN_ELSEWHERE: ReadonlySet<string> = new Set(
  `hostaddr passfile require_auth tcp_user_timeout keepalives_interval keepalives_count replication gsslib gssdelegation krbsrvname
sslcompression sslcertmode sslcrldir sslsni sslkeylogfile requirepeer requiressl service servicefile load_balance_hosts
min_protocol_version max_protocol_version fallback_application_name scram_client_key scram_server_key oauth_issuer oauth_client_id
schema currentSchema search_path pgbouncer connection_limit pool_timeout socket_timeout connectTimeout socketTimeout loginTimeout
tcpKeepAlive ApplicationName prepareThreshold reWriteBatchedInserts targetServerType loadBalanceHosts sslfactory sslaccept sslidentity
statement_cache_size statement_timeout lock_timeout query_timeout idle_in_transaction_session_timeout default_transaction_read_only
pool_max_conns pool_min_conns pool_mode pooling max_connections encoding binary readOnly timezone TimeZone SSLMODE`.split(
    /\s+/,
  ),
)
