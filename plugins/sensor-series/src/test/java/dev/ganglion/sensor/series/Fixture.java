package dev.ganglion.sensor.series;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ganglion.api.data.GanglionException;
import dev.ganglion.api.data.Options;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.io.TempDir;

/** A file a.csv in a folder, and a sensor that reads it. */
abstract class Fixture {
    @TempDir Path folder;

    final SeriesSensor sensor = new SeriesSensor();
    final SinkLog sink = new SinkLog();

    /** {@return options, of which every other is a name} */
    static Map<String, String> map(String... given) {
        Map<String, String> map = new HashMap<>();
        for (int i = 0; i < given.length; i += 2) {
            map.put(given[i], given[i + 1]);
        }
        return map;
    }

    Options options(String... given) {
        return Options.of("sense:series", sensor.options(), map(given), folder);
    }

    Path file(String text) {
        try {
            return Files.writeString(folder.resolve("a.csv"), text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** {@return what comes of a file's text, each with the line in place of the stream} */
    List<String> read(String text, String... given) throws Exception {
        String name = file(text).toString();
        Map<String, String> all = map(given);
        all.put("path", "a.csv");
        Options options = Options.of("sense:series", sensor.options(), all, folder);
        try (AutoCloseable open = sensor.open(options, sink)) {
            assertThat(open).isNotNull();
            return sink.untilEnded().stream().map(call -> call.replace(name, "a")).toList();
        }
    }

    static void refused(ThrowingCallable call, String... parts) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        GanglionException.class,
                        e -> assertThat(e.kind()).isEqualTo(GanglionException.Kind.SETUP))
                .hasMessageStartingWith("sense:series: ")
                .hasMessageContainingAll(parts);
    }
}
