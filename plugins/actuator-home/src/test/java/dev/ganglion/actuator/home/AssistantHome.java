package dev.ganglion.actuator.home;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ganglion.api.act.Actuator;
import dev.ganglion.api.data.GanglionException;
import dev.ganglion.api.data.Options;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;

/** Opens the home of the assistant anew for each test. */
abstract class AssistantHome {
    private final ByteArrayOutputStream printed = new ByteArrayOutputStream();
    final HandClock clock = new HandClock();
    final HomeActuator actuator =
            new HomeActuator(new PrintStream(printed, true, StandardCharsets.UTF_8), clock);
    final Options options =
            Options.of(
                    "act:home",
                    actuator.options(),
                    Map.of("home", IntentSpecsTest.ASSISTANT.toString()),
                    Path.of(""));
    final Actuator.Device home = actuator.open(options);

    /** A clock that is put forward by hand. */
    static final class HandClock extends Clock {
        Instant now = Instant.parse("2026-03-01T12:00:00Z");

        @Override
        public ZoneId getZone() {
            return ZoneOffset.UTC;
        }

        @Override
        public Clock withZone(ZoneId zone) {
            return this;
        }

        @Override
        public Instant instant() {
            return now;
        }
    }

    @AfterEach
    void close() {
        home.close();
    }

    static Map<String, Object> given(Object... keysAndValues) {
        Map<String, Object> given = new LinkedHashMap<>();
        for (int i = 0; i < keysAndValues.length; i += 2) {
            given.put((String) keysAndValues[i], keysAndValues[i + 1]);
        }
        return given;
    }

    List<String> does(String intent, Object... keysAndValues) {
        home.perform(intent, given(keysAndValues));
        return lines();
    }

    List<String> lines() {
        List<String> lines = printed.toString(StandardCharsets.UTF_8).lines().toList();
        printed.reset();
        return lines;
    }

    void refuses(String intent, Map<String, Object> given, String... parts) {
        assertThatThrownBy(() -> home.perform(intent, given))
                .isInstanceOfSatisfying(
                        GanglionException.class,
                        e -> assertThat(e.kind()).isEqualTo(GanglionException.Kind.INPUT))
                .hasMessageStartingWith("act:home: ")
                .hasMessageContainingAll(parts);
        assertThat(lines()).isEmpty();
        assertThat(home.undo()).isFalse();
    }
}
