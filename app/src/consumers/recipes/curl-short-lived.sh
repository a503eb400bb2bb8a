# The key of the consumer is in the environment variable EVERGRANT_KEY. It is shown once, for a
# token that ends by itself; whatever comes after needs that token and no key.
short_lived=$(
  printf 'user = "%s:%s"\n' '{client_id}' "$EVERGRANT_KEY" |
    curl --fail --silent --show-error --retry 5 --config - --data grant_type=client_credentials \
      '{oauth_url}' |
    sed -n 's/.*"access_token" *: *"\([^"]*\)".*/\1/p'
)
token=$(
  printf 'Authorization: Bearer %s\n' "$short_lived" |
    curl --fail --silent --show-error --retry 5 --header @- \
      '{token_url}?minimum_seconds=60' |
    sed -n 's/.*"access_token" *: *"\([^"]*\)".*/\1/p'
)
printf 'Authorization: Bearer %s\n' "$token" |
  curl --fail --silent --show-error --header 'Accept: application/json' --header @- \
    '{data_url}'
