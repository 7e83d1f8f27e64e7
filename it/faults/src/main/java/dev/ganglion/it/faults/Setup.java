package dev.ganglion.it.faults;

import dev.ganglion.runtime.model.Isolation;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * A copy of the image's structure in which the engine's jar lies where bundles are dropped, for
 * only those are updated while the container runs. All else are links to the image.
 */
final class Setup {
    private static final List<String> SENSOR_IMPORTS =
            List.of(
                    "com.fasterxml.jackson.jr.ob",
                    "dev.ganglion.api.data",
                    "dev.ganglion.api.decide",
                    "dev.ganglion.api.encode",
                    "dev.ganglion.api.act",
                    "dev.ganglion.api.infer",
                    "dev.ganglion.api.model",
                    "dev.ganglion.api.sense",
                    "dev.ganglion.runtime.report");
    private static final List<String> ENGINE_IMPORTS =
            List.of(
                    "dev.ganglion.api.act",
                    "dev.ganglion.api.data",
                    "dev.ganglion.api.decide",
                    "dev.ganglion.api.encode",
                    "dev.ganglion.api.infer",
                    "dev.ganglion.api.model",
                    "dev.ganglion.api.sense");

    /**
     * The route under test, fed by another file, so that reloading it does not start the load anew.
     */
    private static final String ANSWER = "answer.camel.yaml";

    private final Path folder;
    private final Subject subject;
    private final Path engineJar;

    private Setup(Path folder, Subject subject, Path engineJar) {
        this.folder = folder;
        this.subject = subject;
        this.engineJar = engineJar;
    }

    /** Writes everything into a folder that does not exist yet. */
    static Setup make(Path image, Path folder, Subject subject) throws IOException {
        Path home = Files.createDirectories(folder.resolve("image"));
        for (String each : List.of("lib", "native", "system/0", "system/1", "system/3")) {
            Path link = home.resolve(each);
            Files.createDirectories(link.getParent());
            Files.createSymbolicLink(link, image.resolve(each));
        }
        Files.createDirectories(home.resolve("bin"));
        Files.createDirectories(home.resolve("etc"));
        Files.copy(image.resolve("bin/ganglion"), home.resolve("bin/ganglion"));
        Path originals = Files.createDirectories(folder.resolve("originals"));
        Path engine = originals.resolve("toy-engine.jar");
        Jars.write(
                engine,
                "toy-engine",
                List.of("engine.xml"),
                ENGINE_IMPORTS,
                List.of(dev.ganglion.testkit.toy.ToyEngine.class));
        Files.createDirectories(home.resolve("system/2"));
        try (Stream<Path> jars = Files.list(image.resolve("system/2"))) {
            for (Path jar : jars.toList()) {
                String name = String.valueOf(jar.getFileName());
                if (!name.startsWith("ganglion-engine-")) {
                    Files.createSymbolicLink(home.resolve("system/2").resolve(name), jar);
                } else if (subject.usesOnnxRuntime()
                        && name.startsWith("ganglion-engine-onnxruntime")) {
                    engine = jar;
                }
            }
        }
        Path bundles = Files.createDirectories(folder.resolve("bundles"));
        Jars.write(
                bundles.resolve("load.jar"),
                "load",
                List.of("load.xml", "decider.xml"),
                SENSOR_IMPORTS,
                List.of(
                        dev.ganglion.it.faults.load.LoadSensor.class,
                        dev.ganglion.testkit.toy.ToyDecider.class));
        Path models = Files.createDirectories(folder.resolve("models"));
        if (subject.usesOnnxRuntime()) {
            Models.nlu(image, models);
        } else {
            Models.toy(models);
        }
        if (!subject.isolation().equals(Isolation.IN_PROCESS)) {
            Files.writeString(
                    home.resolve("etc/dev.ganglion.model-faults.cfg"),
                    "name=" + subject.model() + "\nisolation=" + subject.isolation() + "\n");
        }
        Files.createDirectories(folder.resolve("reports"));
        Files.createDirectories(folder.resolve("routes"));
        Setup setup = new Setup(folder, subject, engine);
        setup.updateEngine(0);
        setup.writeAnswer(0);
        return setup;
    }

    Path home() {
        return folder.resolve("image");
    }

    Subject subject() {
        return subject;
    }

    Path routes() {
        return folder.resolve("routes");
    }

    Path report(String run) {
        return folder.resolve("reports").resolve(run + ".json");
    }

    Map<String, String> environment(Path var) {
        return Map.of(
                "GANGLION_VAR", var.toString(),
                "GANGLION_MODELS", folder.resolve("models").toString(),
                "GANGLION_BUNDLES", folder.resolve("bundles").toString(),
                // Each kill counts for itself: neither a quarantine nor a pause before the next
                // worker.
                "GANGLION_JAVA_OPTS", "-Dganglion.worker.deathWindowMillis=1");
    }

    /** Lets another build of the engine's bundle appear where bundles are dropped. */
    void updateEngine(int build) throws IOException {
        Jars.rebuilt(
                engineJar, build, folder.resolve("bundles").resolve(subject.engine() + ".jar"));
    }

    /** Writes the route under test; the number makes it another content. */
    void writeAnswer(int edit) throws IOException {
        StringBuilder yaml = new StringBuilder();
        yaml.append("# Edit ").append(edit).append("\n- route:\n    id: answer\n    from:\n");
        yaml.append("      uri: direct:answer\n      steps:\n");
        for (String step : subject.steps()) {
            yaml.append("        - to: ").append(step).append('\n');
        }
        write(routes().resolve(ANSWER), yaml.toString());
    }

    /** Begins a run: its sensor is opened as soon as the container has seen the file. */
    void writeLoad(String run, String message, int perSecond, int count) throws IOException {
        write(
                routes().resolve("load.camel.yaml"),
                "- route:\n    id: load\n    from:\n      uri: sense:load\n      parameters:\n"
                        + "        run: "
                        + run
                        + "\n        perSecond: "
                        + perSecond
                        + "\n        count: "
                        + count
                        + "\n        report: "
                        + report(run)
                        + "\n        "
                        + message
                        + "\n      steps:\n        - to: direct:answer\n");
    }

    private static void write(Path file, String text) throws IOException {
        Path part = file.resolveSibling(file.getFileName() + ".part");
        Files.writeString(part, text);
        Files.move(part, file, StandardCopyOption.ATOMIC_MOVE);
    }
}
