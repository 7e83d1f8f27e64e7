package dev.ganglion.runtime.act;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Refusals of one kind that come in a flood: the first of them are written as they come, the others
 * are counted. Belongs to who holds the lock of the audit log.
 */
final class Flood {
    private static final int WRITTEN = 5;
    private static final int KINDS = 64;
    private static final long WINDOW_MILLIS = 10_000;
    private static final Pattern SAID = Pattern.compile("\\{[^}]*}|'[^']*'|[-0-9.]+");

    /** Refusals that were counted, as the last of them. */
    record Folded(
            String actuator, @Nullable Attempt attempt, Origin origin, String why, long times) {}

    private static final class Kind {
        final long fromMillis;
        int written;
        @Nullable Folded folded;

        Kind(long fromMillis) {
            this.fromMillis = fromMillis;
        }
    }

    private final Map<String, Kind> kinds = new LinkedHashMap<>();

    /** {@return whether a refusal was counted, so that it need not be written} */
    boolean counts(
            String actuator, @Nullable Attempt attempt, Origin origin, String why, long nowMillis) {
        String key =
                actuator
                        + '\n'
                        + origin.route()
                        + '\n'
                        + (attempt == null ? "" : attempt.name())
                        + '\n'
                        + SAID.matcher(why).replaceAll("");
        if (!kinds.containsKey(key) && kinds.size() >= KINDS) {
            key = actuator;
        }
        Kind kind = kinds.computeIfAbsent(key, any -> new Kind(nowMillis));
        if (kind.written < WRITTEN) {
            kind.written++;
            return false;
        }
        long times = kind.folded == null ? 0 : kind.folded.times();
        kind.folded = new Folded(actuator, attempt, origin, why, times + 1);
        return true;
    }

    /** {@return what was counted and is to be written now} */
    List<Folded> due(long nowMillis, boolean all) {
        if (kinds.isEmpty()) {
            return List.of();
        }
        List<Folded> due = new ArrayList<>();
        for (Iterator<Kind> each = kinds.values().iterator(); each.hasNext(); ) {
            Kind kind = each.next();
            boolean over =
                    nowMillis - kind.fromMillis >= WINDOW_MILLIS || nowMillis < kind.fromMillis;
            if (all || over) {
                each.remove();
                if (kind.folded != null) {
                    due.add(kind.folded);
                }
            }
        }
        return due;
    }
}
