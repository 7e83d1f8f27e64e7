package dev.ganglion.decider.action;

/**
 * Follows a JSON object character by character: where it ends, and the text under one of its own
 * keys. What is wrong inside of it is left to who parses the whole. Reused.
 */
final class ObjectScanner {
    private final String nameKey;
    private final StringBuilder key = new StringBuilder();
    private final StringBuilder name = new StringBuilder();

    private int depth;
    private boolean over;
    private boolean inString;
    private boolean escaped;

    /** Whether the string under way, or the last one, is a key of the object itself. */
    private boolean isKey;

    private boolean isName;
    private boolean nameBegun;
    private boolean nameEnded;

    /** Whether the name was written without escapes, so that its characters are its text. */
    private boolean plain;

    ObjectScanner(String nameKey) {
        this.nameKey = nameKey;
        start();
    }

    void start() {
        key.setLength(0);
        name.setLength(0);
        depth = 0;
        over = false;
        inString = false;
        escaped = false;
        isKey = false;
        isName = false;
        nameBegun = false;
        nameEnded = false;
        plain = true;
    }

    /**
     * Reads one character more.
     *
     * @return false when it is not a part of an object, and none has begun
     */
    boolean read(char c) {
        if (inString) {
            readInString(c);
            return true;
        }
        switch (c) {
            case '{', '[' -> {
                if (depth == 0 && c == '[') {
                    return false;
                }
                depth++;
                isKey = depth == 1;
            }
            case '}', ']' -> {
                if (depth == 0) {
                    return false;
                }
                depth--;
                over = depth == 0;
            }
            case ',' -> isKey = depth == 1;
            case ':' -> isKey = false;
            case '"' -> {
                if (depth == 0) {
                    return false;
                }
                startString();
            }
            default -> {
                return depth > 0 || c == ' ' || c == '\t' || c == '\n' || c == '\r';
            }
        }
        return depth > 0 || over;
    }

    private void startString() {
        inString = true;
        if (isKey && depth == 1) {
            key.setLength(0);
        }
        isName = !isKey && depth == 1 && !nameBegun && nameKey.contentEquals(key);
        nameBegun |= isName;
    }

    private void readInString(char c) {
        if (escaped) {
            escaped = false;
        } else if (c == '\\') {
            escaped = true;
            plain &= !isName;
        } else if (c == '"') {
            inString = false;
            nameEnded |= isName;
            isName = false;
            return;
        }
        if (isName) {
            name.append(c);
        } else if (isKey && depth == 1) {
            key.append(c);
        }
    }

    /** {@return whether the object is complete} */
    boolean isOver() {
        return over;
    }

    /** {@return whether it has begun} */
    boolean hasBegun() {
        return depth > 0 || over;
    }

    /** {@return what was said of the name so far; empty when nothing was} */
    CharSequence name() {
        return name;
    }

    /** {@return whether the name can be read as it is said} */
    boolean isPlain() {
        return nameBegun && plain;
    }

    /** {@return whether all of the name was said} */
    boolean hasName() {
        return nameEnded;
    }
}
