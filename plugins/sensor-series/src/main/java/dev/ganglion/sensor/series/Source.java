package dev.ganglion.sensor.series;

import dev.ganglion.api.data.Options;
import java.util.List;

/** Where readings come from. */
enum Source {
    FILES,
    STANDARD_INPUT,
    BROKER,
    SERIAL;

    private static final String DASH = "-";

    /**
     * {@return the one that the options name}
     *
     * @throws dev.ganglion.api.data.GanglionException of kind SETUP when they name none, two, or
     *     half of one
     */
    static Source of(Options options) {
        List<String> named =
                List.of("path", "broker", "serial").stream().filter(options::has).toList();
        if (named.size() != 1) {
            throw Layout.setup(
                    options.owner(),
                    "exactly one of path, broker (with topic) and serial (with baud) was expected,"
                            + " found "
                            + (named.isEmpty() ? "none" : String.join(" and ", named))
                            + "; give one");
        }
        pair(options, "broker", "topic");
        pair(options, "serial", "baud");
        if (options.has("passwordFile") && !options.has("username")) {
            throw Layout.setup(
                    options.owner(),
                    "passwordFile needs the option username beside it, which is not given; add it");
        }
        return switch (named.get(0)) {
            case "broker" -> BROKER;
            case "serial" -> SERIAL;
            default -> DASH.equals(options.text("path")) ? STANDARD_INPUT : FILES;
        };
    }

    private static void pair(Options options, String one, String other) {
        if (options.has(one) != options.has(other)) {
            String given = options.has(one) ? one : other;
            throw Layout.setup(
                    options.owner(),
                    given
                            + " needs the option "
                            + (given.equals(one) ? other : one)
                            + " beside it, which is not given; add it");
        }
    }

    /** {@return whether readings come by themselves, and nobody knows which is the last} */
    boolean live() {
        return this == BROKER || this == SERIAL;
    }
}
