package dev.ganglion.runtime.act;

import java.util.List;
import java.util.Map;

/**
 * Actions of one name or any, perhaps only those with some values. Immutable.
 *
 * @param action a name, or {@link #ANY}
 * @param values for some parameters the values that count, of the parameter's own type
 */
record ActionPattern(String action, Map<String, List<Object>> values) {
    static final String ANY = "*";

    private boolean isNamed(Attempt attempt) {
        return action.equals(ANY) || action.equals(attempt.name());
    }

    /** Whether an action touches a thing for which each value that is asked for is known. */
    boolean surely(Attempt attempt) {
        for (Map<String, Object> thing : attempt.touched()) {
            if (surely(attempt, thing)) {
                return true;
            }
        }
        return false;
    }

    /** Whether each value that is asked for is known of a thing that an action touches. */
    boolean surely(Attempt attempt, Map<String, Object> thing) {
        if (!isNamed(attempt)) {
            return false;
        }
        for (Map.Entry<String, List<Object>> each : values.entrySet()) {
            Object value = thing.get(each.getKey());
            if (value == null || !isOneOf(value, each.getValue())) {
                return false;
            }
        }
        return true;
    }

    /**
     * Whether an action may touch a thing of these: what it leaves open could mean everything, so
     * only another value tells it apart; what a thing does not have is known not to be this.
     */
    boolean possibly(Attempt attempt) {
        if (!isNamed(attempt)) {
            return false;
        }
        for (Map<String, Object> thing : attempt.touched()) {
            if (isPossible(attempt, thing)) {
                return true;
            }
        }
        return false;
    }

    private boolean isPossible(Attempt attempt, Map<String, Object> thing) {
        for (Map.Entry<String, List<Object>> each : values.entrySet()) {
            String key = each.getKey();
            Object value = thing.get(key);
            if (value == null
                    ? attempt.facts().contains(key) || !takes(attempt, key)
                    : !isOneOf(value, each.getValue())) {
                return false;
            }
        }
        return true;
    }

    static boolean takes(Attempt attempt, String parameter) {
        for (var each : attempt.action().parameters()) {
            if (each.name().equals(parameter)) {
                return true;
            }
        }
        return false;
    }

    static boolean isOneOf(Object value, List<Object> expected) {
        for (Object each : expected) {
            if (each.equals(value)
                    || each instanceof Number number
                            && value instanceof Number said
                            && number.doubleValue() == said.doubleValue()
                    || each instanceof String word
                            && value instanceof String said
                            && isSameWord(word, said)) {
                return true;
            }
        }
        return false;
    }

    /** Capitals of ASCII alone count as their small letters: other alphabets have look-alikes. */
    private static boolean isSameWord(String word, String said) {
        String trimmed = said.strip();
        if (word.length() != trimmed.length()) {
            return false;
        }
        for (int i = 0; i < word.length(); i++) {
            if (small(word.charAt(i)) != small(trimmed.charAt(i))) {
                return false;
            }
        }
        return true;
    }

    private static char small(char c) {
        return c >= 'A' && c <= 'Z' ? (char) (c + 'a' - 'A') : c;
    }

    @Override
    public String toString() {
        return values.isEmpty() ? action : action + values;
    }
}
