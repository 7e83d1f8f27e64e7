package dev.ganglion.sensor.wyoming;

import dev.ganglion.api.data.GanglionException;
import dev.ganglion.api.data.Options;
import dev.ganglion.wyoming.Address;
import dev.ganglion.wyoming.Limits;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The options of a sensor, checked.
 *
 * @param satellite where to go to, null when clients come
 * @param sound whether sound comes, and not text
 * @param intent whether a text is answered with the action, and not the reply
 */
record Settings(
        String owner,
        boolean sound,
        boolean intent,
        boolean streaming,
        @Nullable Address satellite,
        Address here,
        List<String> languages,
        int blockSamples,
        int maximumConnections,
        Limits limits,
        long maximumUtteranceSamples,
        long idleMillis) {
    static Settings of(Options options) {
        boolean sound = "audio".equals(options.text("kind"));
        Address satellite =
                options.has("connect")
                        ? Address.of(options.owner() + ": connect", options.text("connect"))
                        : null;
        if (satellite != null && !sound) {
            throw setup(
                    options,
                    "connect goes to satellites and microphones, which send sound, found kind=text;"
                            + " set kind=audio");
        }
        boolean intent = "intent".equals(options.text("answer"));
        if (intent && (sound || options.flag("stream"))) {
            throw setup(
                    options,
                    "answer=intent is for kind=text without stream, for an action is one event;"
                            + " leave one of them out");
        }
        List<String> languages =
                Arrays.stream(options.text("languages").split(","))
                        .map(String::strip)
                        .filter(language -> !language.isEmpty())
                        .toList();
        if (languages.isEmpty()) {
            throw setup(
                    options, "languages takes codes joined by commas, such as en,de, found none");
        }
        return new Settings(
                options.owner(),
                sound,
                intent,
                options.flag("stream"),
                satellite,
                new Address(options.text("host").strip(), (int) options.integer("port")),
                languages,
                (int) options.integer("blockMillis") * Pcm.RATE_HZ / 1_000,
                (int) options.integer("maxConnections"),
                new Limits(
                        Limits.HEADER_BYTES,
                        (int) options.integer("maxDataBytes"),
                        (int) options.integer("maxPayloadBytes")),
                options.integer("maxUtteranceMillis") * Pcm.RATE_HZ / 1_000,
                options.integer("idleMillis"));
    }

    private static GanglionException setup(Options options, String what) {
        return new GanglionException(GanglionException.Kind.SETUP, options.owner() + ": " + what);
    }
}
