package dev.ganglion.camel.route;

import dev.ganglion.api.data.Tensor;
import dev.ganglion.api.data.TensorSpec;
import dev.ganglion.api.model.ModelId;
import dev.ganglion.api.model.ModelPackage;
import dev.ganglion.camel.word.Words;
import dev.ganglion.runtime.model.ModelHost;
import dev.ganglion.runtime.model.ModelStore;
import dev.ganglion.runtime.plugin.Plugins;
import dev.ganglion.runtime.report.Observer;
import dev.ganglion.runtime.report.Report;
import dev.ganglion.runtime.wiring.Wiring;
import dev.ganglion.testkit.toy.HandFedSensor;
import dev.ganglion.testkit.toy.RecordingActuator;
import dev.ganglion.testkit.toy.ToyDecider;
import dev.ganglion.testkit.toy.ToyEngine;
import dev.ganglion.testkit.toy.ToyExtractor;
import dev.ganglion.testkit.toy.ToyModels;
import dev.ganglion.testkit.toy.ToyTokenizer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.camel.ProducerTemplate;
import org.apache.camel.impl.DefaultCamelContext;

/**
 * A Camel context with the five words, toy plug-ins and the models {@code letters} (text), {@code
 * linear} (two values), {@code recurrent} and {@code slow} (one value), in a folder of its own.
 */
final class TestHouse implements Observer, AutoCloseable {
    /** A file's news. */
    record News(String file, String state, String sentence) {}

    final Path folder;
    final Plugins plugins = new Plugins();
    final ToyEngine engine = new ToyEngine();
    final RecordingActuator actuator = new RecordingActuator();
    final ToyDecider decider = new ToyDecider();
    final HandFedSensor sensor;
    final ModelHost host;
    final Words words;
    final DefaultCamelContext camel;
    final RouteFiles files;
    final ProducerTemplate template;
    final List<Report> reports = new CopyOnWriteArrayList<>();
    final List<String> failures = new CopyOnWriteArrayList<>();
    final List<News> news = new CopyOnWriteArrayList<>();
    final List<String> ended = new CopyOnWriteArrayList<>();
    final AtomicLong dropped = new AtomicLong();

    TestHouse(Path folder) throws Exception {
        this(folder, TensorSpec.TEXT);
    }

    TestHouse(Path folder, TensorSpec sensed) throws Exception {
        this(folder, sensed, Words.WAITING_MESSAGES, Words.WAITING_MILLIS);
    }

    TestHouse(Path folder, TensorSpec sensed, int waitingMessages, long waitingMillis)
            throws Exception {
        this.folder = folder;
        sensor = new HandFedSensor(sensed);
        plugins.add(sensor, "test");
        plugins.add(new ToyTokenizer(), "test");
        plugins.add(new ToyExtractor(), "test");
        plugins.add(engine, "test");
        plugins.add(new LetterEngine(), "test");
        plugins.add(decider, "test");
        plugins.add(new EachStepDecider(), "test");
        plugins.add(actuator, "test");
        engine.slowGate().open();
        letters("letters");
        bare(ToyModels.recurrent(modelFolder("recurrent"), new ModelId("recurrent", "1"), 0));
        bare(ToyModels.slow(modelFolder("slow"), new ModelId("slow", "1"), 1));
        linear("linear");
        write(
                "routes/actions.yaml",
                """
                light_on:
                  action: light_on
                  room: kitchen
                light_off:
                  action: light_off
                  room: kitchen
                """);
        host = new ModelHost(new ModelStore(folder.resolve("models")), plugins, 1000);
        words = new Words(plugins, host, waitingMessages, waitingMillis);
        words.add(this);
        camel = RouteContext.create(words, Map.of());
        camel.start();
        files = new RouteFiles(camel, words, new Wiring(plugins, host));
        template = camel.createProducerTemplate();
    }

    private Path modelFolder(String name) throws IOException {
        return Files.createDirectories(folder.resolve("models/" + name + "/1"));
    }

    private static void bare(ModelPackage written) throws IOException {
        Files.move(
                written.weightsFile(),
                written.weightsFile().resolveSibling("model." + written.format()));
    }

    /** Installs a classifier of texts: {@code +} is light_on, {@code -} is light_off. */
    void letters(String name) throws IOException {
        Path model = modelFolder(name);
        Files.writeString(model.resolve("letters.txt"), "+-");
        ToyModels.vocabulary(model);
        card(
                model,
                LetterEngine.FORMAT,
                "letters.txt",
                "tokenizer: {plugin: toy-bytes, file: toy-bytes.txt, maxTokens: 16}\n",
                "letters.txt",
                "toy-bytes.txt");
    }

    /** Installs a classifier of two values: the greater one decides. */
    void linear(String name) throws IOException {
        Path model = modelFolder(name);
        ToyModels.linear(
                model, new ModelId(name, "1"), new float[] {1, 0, 0}, new float[] {0, 1, 0});
        String weights = name + "-1.toy";
        card(model, "toy-linear", weights, "", weights);
    }

    private static void card(Path model, String format, String weights, String more, String... all)
            throws IOException {
        StringBuilder card = new StringBuilder();
        card.append("name: ").append(model.getParent().getFileName());
        card.append("\nversion: \"1\"\ntask: text-classification\nlicence: Apache-2.0\n");
        card.append("format: ").append(format).append("\nweights: ").append(weights);
        card.append("\nlabels: {scores: [light_on, light_off]}\n").append(more);
        card.append("files:\n");
        for (String file : all) {
            card.append("  ").append(file).append(": ").append(sha256(model.resolve(file)));
            card.append('\n');
        }
        Files.writeString(model.resolve("model.yaml"), card);
    }

    private static String sha256(Path file) throws IOException {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            return HexFormat.of().formatHex(digest.digest(Files.readAllBytes(file)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    Path write(String name, String content) {
        try {
            Path file = folder.resolve(name);
            Files.createDirectories(file.getParent());
            return Files.writeString(file, content);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Writes a route of one {@code from:} and some {@code to:}. */
    Path route(String name, String from, String... to) {
        StringBuilder yaml = new StringBuilder("- route:\n    id: ").append(name);
        yaml.append("\n    from:\n      uri: ").append(from).append("\n      steps:\n");
        for (String each : to) {
            yaml.append("        - to: ").append(each).append('\n');
        }
        return write("routes/" + name + ".camel.yaml", yaml.toString());
    }

    /** Writes a route and loads it; it must run. */
    Path running(String name, String from, String... to) {
        Path file = route(name, from, to);
        loaded(file);
        return file;
    }

    /** Loads a file that must run. */
    void loaded(Path file) {
        files.load(file);
        RouteFiles.Status status = status(file);
        if (status.state() != RouteFiles.State.RUNNING) {
            throw new AssertionError(status.sentence());
        }
    }

    RouteFiles.Status status(Path file) {
        return files.status().stream()
                .filter(status -> status.file().equals(file))
                .findFirst()
                .orElseThrow(() -> new AssertionError(file + " is not deployed"));
    }

    List<String> done() {
        return actuator.performed().stream().map(RecordingActuator.Performed::action).toList();
    }

    List<String> decided() {
        return reports.stream().map(report -> report.decision().name()).toList();
    }

    static Tensor values(float... values) {
        return filled(Tensor.allocate(Tensor.Type.FLOAT32, values.length), values);
    }

    /** {@code FLOAT32[1, n]} */
    static Tensor row(float... values) {
        return filled(Tensor.allocate(Tensor.Type.FLOAT32, 1, values.length), values);
    }

    private static Tensor filled(Tensor tensor, float... values) {
        for (int i = 0; i < values.length; i++) {
            tensor.floats().put(i, values[i]);
        }
        return tensor;
    }

    @Override
    public void decided(Report report) {
        reports.add(report);
    }

    @Override
    public void failed(String route, String stream, long sequence, String sentence) {
        failures.add(sentence);
    }

    @Override
    public void utteranceEnded(String route, String trace, int stepsSpent, int stepsTotal) {
        ended.add(stepsSpent + " of " + stepsTotal);
    }

    @Override
    public void dropped(String route, long count) {
        dropped.addAndGet(count);
    }

    @Override
    public void routeChanged(String file, String state, String sentence) {
        news.add(new News(file, state, sentence));
    }

    @Override
    public void close() {
        files.close();
        camel.stop();
        host.close();
    }
}
