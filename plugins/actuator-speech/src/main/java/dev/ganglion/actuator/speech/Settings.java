package dev.ganglion.actuator.speech;

import dev.ganglion.api.data.GanglionException;
import dev.ganglion.api.data.Options;
import dev.ganglion.wyoming.Address;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * The options of a device, checked.
 *
 * @param silent whether nothing is spoken at all
 * @param folder for WAV files; null for the sound device
 * @param server null for espeak-ng
 */
record Settings(
        String owner,
        @Nullable String voice,
        int wordsPerMinute,
        boolean silent,
        @Nullable Path folder,
        @Nullable Address server,
        Busy busy,
        boolean skipMissing,
        int maximumCharacters,
        long timeoutMillis) {
    /** What {@code to} takes beside folders. */
    static final String DEVICE = "device";

    private static final String NONE = "none";

    /** Names of voices and variants; nothing that a program could take for an option or a path. */
    private static final String VOICE = "[A-Za-z0-9][A-Za-z0-9_+-]*([/.][A-Za-z0-9_+-]+)*";

    /** What becomes of a text while another one is spoken. */
    enum Busy {
        QUEUE,
        INTERRUPT,
        REFUSE
    }

    static Settings of(Options options) {
        String voice = options.has("voice") ? options.text("voice").strip() : null;
        if (voice != null && !voice.matches(VOICE)) {
            throw new GanglionException(
                    GanglionException.Kind.SETUP,
                    options.owner()
                            + ": voice takes a name of letters, digits, -, _, + and /, such as"
                            + " en-gb or de+f2, found '"
                            + voice
                            + "'; espeak-ng --voices lists them");
        }
        String to = options.text("to");
        boolean silent = to.equals(NONE);
        return new Settings(
                options.owner(),
                voice,
                (int) options.integer("wordsPerMinute"),
                silent,
                silent || to.equals(DEVICE) ? null : options.path("to"),
                options.has("server")
                        ? Address.of(options.owner() + ": server", options.text("server"))
                        : null,
                Busy.valueOf(options.text("busy").toUpperCase(java.util.Locale.ROOT)),
                "skip".equals(options.text("missing")),
                (int) options.integer("maxCharacters"),
                options.integer("timeoutMillis"));
    }

    GanglionException setup(String what, @Nullable Throwable cause) {
        return new GanglionException(GanglionException.Kind.SETUP, owner + ": " + what, cause);
    }

    GanglionException retry(String what, @Nullable Throwable cause) {
        return new GanglionException(GanglionException.Kind.RETRY, owner + ": " + what, cause);
    }
}
