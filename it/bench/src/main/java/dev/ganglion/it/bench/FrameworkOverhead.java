package dev.ganglion.it.bench;

import dev.ganglion.actuator.home.HomeActuator;
import dev.ganglion.api.data.Decision;
import dev.ganglion.api.data.Options;
import dev.ganglion.api.infer.Engine;
import dev.ganglion.api.model.ModelPackage;
import dev.ganglion.engine.onnxruntime.OnnxRuntimeEngine;
import dev.ganglion.runtime.act.Action;
import dev.ganglion.runtime.act.ActionGate;
import dev.ganglion.runtime.report.Observer;
import dev.ganglion.runtime.report.Report;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * One recorded command from text to action, without and with the framework. Before anything is
 * measured both do all commands, and must understand and do the same.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 4, time = 1)
@Measurement(iterations = 4, time = 1)
@SuppressWarnings("NullAway.Init") // set up before it is measured
public class FrameworkOverhead {
    /** Which model: one that costs nothing, or the real one. */
    @Param({FreeEngine.FORMAT, "nlu-micro"})
    public String model;

    private Path folder;
    private List<String> commands;
    private int next;
    private PlainPipeline plain;
    private RoutePipeline route;
    private ActionGate gate;
    private final Last last = new Last();
    private final Seen seen = new Seen();

    /** Opens both sides and compares them. */
    @Setup
    public void open() throws Exception {
        Path image = Bench.image();
        folder = Files.createTempDirectory("ganglion-bench");
        Path routes = Bench.kitchenCommands();
        commands = Bench.commands(routes);
        for (String file : List.of("home.yaml", "actions.yaml")) {
            Files.copy(routes.resolve(file), folder.resolve(file));
        }
        boolean free = model.equals(FreeEngine.FORMAT);
        Path models = image.resolve("models");
        ModelPackage source = NluMicro.source(models, free ? FreeEngine.FORMAT : "onnx");
        Engine engine = free ? new FreeEngine() : new OnnxRuntimeEngine();
        plain = new PlainPipeline(engine, source, folder.resolve("home.yaml"), "none");
        route = new RoutePipeline(engine, free ? freeModel(models) : models, model, folder);
        HomeActuator actuator = new HomeActuator();
        gate =
                new ActionGate(
                        actuator,
                        Options.of(
                                "act",
                                actuator.options(),
                                Map.of("home", "home.yaml", "print", "none"),
                                folder),
                        folder.resolve("actions.yaml"));
        route.add(last);
        for (String command : commands) {
            compare(command);
        }
        route.remove(last);
    }

    /** The files of nlu-micro under a card that names another format. */
    private Path freeModel(Path models) throws IOException {
        Path from = NluMicro.folder(models);
        Path to = folder.resolve("models").resolve(FreeEngine.FORMAT).resolve("1");
        Files.createDirectories(to);
        for (String file : List.of("model.onnx", "tokenizer.json", "labels.json")) {
            Files.copy(from.resolve(file), to.resolve(file));
        }
        Files.writeString(
                to.resolve("model.yaml"),
                Files.readString(from.resolve("model.yaml"))
                        .replace("name: nlu-micro", "name: free")
                        .replace("format: onnx", "format: free")
                        .replaceAll("(?m)^options:.*$", ""));
        return folder.resolve("models");
    }

    private void compare(String command) {
        plain.handle(command);
        last.report = null;
        route.handle(command);
        Report report = last.report;
        Action acted = report == null ? null : report.action();
        Kitchen.Action done = plain.action();
        // The framework also says which default the device will take for what was not given.
        boolean same =
                done == null
                        ? acted == null || !acted.performed()
                        : acted != null
                                && acted.name().equals(done.name())
                                && acted.parameters()
                                        .entrySet()
                                        .containsAll(done.parameters().entrySet());
        if (report == null || !report.decision().equals(plain.decision()) || !same) {
            throw new IllegalStateException(
                    "'"
                            + command
                            + "': plain Java made of it "
                            + plain.decision()
                            + " and did "
                            + done
                            + ", the framework "
                            + (report == null ? last.failure : report.decision())
                            + " and "
                            + acted);
        }
    }

    /** Closes both sides. */
    @TearDown
    public void close() throws IOException {
        gate.close();
        route.close();
        plain.close();
        if (!last.failure.isEmpty()) {
            throw new IOException("a message failed: " + last.failure);
        }
        Bench.delete(folder);
    }

    private String command() {
        String command = commands.get(next);
        next = next + 1 == commands.size() ? 0 : next + 1;
        return command;
    }

    /** Plug-ins and plain Java. */
    @Benchmark
    public @Nullable Object plain() {
        plain.handle(command());
        return plain.action();
    }

    /** The same, but with the framework's rules and checks for actions. */
    @Benchmark
    public @Nullable Object plainWithActionRules() {
        Decision decision = plain.understand(command());
        return gate.perform(decision, System.nanoTime());
    }

    /** The route. */
    @Benchmark
    public long route() {
        route.handle(command());
        return next;
    }

    /** The route, with an observer who is told of each decision, as the command is. */
    @Benchmark
    public long routeObserved(Observed watched) {
        route.handle(command());
        return seen.nanos;
    }

    /** Adds the observer for the one benchmark that has it. */
    @State(Scope.Thread)
    public static class Observed {
        /** Adds the observer. */
        @Setup
        public void add(FrameworkOverhead bench) {
            bench.route.add(bench.seen);
        }
    }

    private static final class Last implements Observer {
        private @Nullable Report report;
        private String failure = "";

        @Override
        public void decided(Report decided) {
            report = decided;
        }

        @Override
        public void failed(String route, String stream, long sequence, String sentence) {
            failure = sentence;
        }
    }

    private static final class Seen implements Observer {
        private long nanos;

        @Override
        public void decided(Report report) {
            nanos += report.totalNanos();
        }
    }
}
