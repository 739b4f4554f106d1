package profile

// Source returns the YAML of an embedded profile as it was written. The error
// wraps ErrUnknown, with the nearest ID, where there is none of that name.
func Source(id string) ([]byte, error) {
	data, err := embedded.ReadFile("data/" + id + ".yaml")
	if err != nil || !kebab(id) {
		return nil, unknown(id, IDs())
	}
	return data, nil
}
