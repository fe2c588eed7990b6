/** Ids that are given out by another system, or that join messages and not rows: no table here is missing for them. Pure. */

/** Words that say so wherever they stand in a name. */
const OTHERS = new Set(
  (
    'external ext foreign remote upstream legacy old original import imported provider vendor partner thirdparty ' +
    'session device client trace span request correlation causation transaction txn tx idempotency nonce message msg thread ' +
    'conversation chat stream sequence seq batch job process worker pid node host instance cluster shard partition connection ' +
    'socket event delivery webhook callback token key hash fingerprint visitor anonymous cookie app bundle ' +
    'checkout intent tax vat registration passport license tracking serial build commit revision version etag lock ' +
    'tenant realm subject sub issuer aud oauth oidc saml sso ldap ad azure aws s3 gcp gcs google firebase fcm apns apple ios android ' +
    'amazon facebook fb instagram twitter tiktok youtube vimeo twitch discord slack telegram whatsapp wechat ' +
    'github gitlab bitbucket jira linkedin microsoft outlook xbox playstation spotify deezer soundcloud bandcamp pixiv ' +
    'patreon paypal stripe braintree adyen klarna plaid twilio sendgrid mailchimp mailgun intercom zendesk hubspot ' +
    'salesforce mixpanel amplitude sentry datadog shopify woocommerce quickbooks xero calendly dropbox airtable ' +
    'musicbrainz mbid discogs isrc imdb tmdb tvdb wikidata wikipedia osm gtfs geonames orcid doi isbn lastfm gracenote cloudinary mux ' +
    'algolia elastic elasticsearch kafka rabbitmq sqs sns mongo mongodb redis neo4j ethereum wallet'
  ).split(' '),
)

export const isOfOtherSystem = (stem: string): boolean => stem.split('_').some((word) => OTHERS.has(word))
