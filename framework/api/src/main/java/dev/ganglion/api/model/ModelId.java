package dev.ganglion.api.model;

import java.util.regex.Pattern;

/**
 * Which model, in which version; prints as {@code name@version}.
 *
 * @param name lower-case letters, digits, dots, hyphens and underscores
 * @param version the same characters; versions are ordered by their numbers first, so that 10
 *     follows 9
 */
public record ModelId(String name, String version) {
    private static final Pattern WORD = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]*");

    /** Refuses what could not be the name of a folder. */
    public ModelId {
        if (!WORD.matcher(name).matches() || !WORD.matcher(version).matches()) {
            throw new IllegalArgumentException(
                    "a model's name and version are letters, digits, dots, hyphens and underscores, found '"
                            + name
                            + "' and '"
                            + version
                            + "'");
        }
    }

    @Override
    public String toString() {
        return name + "@" + version;
    }
}
