package dev.ganglion.runtime.act;

import com.fasterxml.jackson.jr.ob.JSON;
import dev.ganglion.api.act.Actuator;
import dev.ganglion.api.data.Decision;
import dev.ganglion.api.data.Options;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/** An owner's file, an audit log and clocks that stand still, in a folder of the test. */
final class Owner {
    static final Origin ORIGIN =
            new Origin("kitchen", "trace-1", "stream-1", "nlu@2", "rules", "fill it up");

    final AtomicLong nanos = new AtomicLong(TimeUnit.HOURS.toNanos(1));
    final Path folder;
    final Path file;
    final Path audit;
    final AuditLog log;
    final Envelopes envelopes;

    /** The owner writes this about {@code plant}. */
    Owner(Path folder, String... lines) {
        this.folder = folder;
        this.file = folder.resolve("envelope.yaml");
        this.audit = folder.resolve("audit");
        write(lines);
        log = AuditLog.in(audit, Clock.fixed(Instant.EPOCH, ZoneOffset.UTC));
        envelopes = new Envelopes(file, log, new Passing(), nanos::get, Runnable::run);
    }

    /** Noon of a day when the test begins, and later as the test lets time pass. */
    private final class Passing extends Clock {
        private final long startNanos = nanos.get();

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
            return Instant.parse("2026-01-01T12:00:00Z").plusNanos(nanos.get() - startNanos);
        }
    }

    void write(String... lines) {
        StringBuilder yaml = new StringBuilder("actuators:\n  plant:\n");
        for (String line : lines) {
            yaml.append("    ").append(line).append('\n');
        }
        whole(lines.length == 0 ? "{}" : yaml.toString());
    }

    void whole(String yaml) {
        try {
            Files.writeString(file, yaml);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    ActionGate gate(Actuator actuator, String... options) {
        return gate(envelopes, actuator, options);
    }

    ActionGate gate(Envelopes under, Actuator actuator, String... options) {
        Map<String, String> given = new HashMap<>();
        for (int i = 0; i < options.length; i += 2) {
            given.put(options[i], options[i + 1]);
        }
        return new ActionGate(
                actuator, Options.of("act:plant", actuator.options(), given, folder), null, under);
    }

    void pass(long millis) {
        nanos.addAndGet(TimeUnit.MILLISECONDS.toNanos(millis));
    }

    /** What was done about a sure decision of this name; empty when it was performed. */
    String ask(ActionGate gate, String name, Object... parameters) {
        Map<String, Object> map = new HashMap<>();
        for (int i = 0; i < parameters.length; i += 2) {
            map.put((String) parameters[i], parameters[i + 1]);
        }
        @Nullable Action action =
                gate.perform(new Decision(name, map, 0.9, true), nanos.get(), null, ORIGIN);
        return action == null ? "no rule" : action.refusal();
    }

    List<Map<String, Object>> lines() {
        return lines(audit.resolve(AuditLog.FILE));
    }

    static List<Map<String, Object>> lines(Path file) {
        List<Map<String, Object>> lines = new ArrayList<>();
        try {
            for (String line : Files.readAllLines(file)) {
                lines.add(JSON.std.mapFrom(line));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return lines;
    }

    /** Without those that say that a device is about to be asked. */
    List<Map<String, Object>> outcomeLines() {
        return lines().stream().filter(line -> !"asked".equals(line.get("outcome"))).toList();
    }

    List<Object> outcomes() {
        return outcomeLines().stream().map(line -> line.get("outcome")).toList();
    }
}
