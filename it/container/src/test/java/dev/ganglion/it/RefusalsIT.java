package dev.ganglion.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What is refused, in one sentence each. Most of it is wrong at once in one container, where one
 * route is right: that shows that the others go on.
 */
class RefusalsIT {
    private static final String SENSE = "sense:text?path=in.txt";
    private static final String ENCODE = "encode:wordpiece";
    private static final String INFER = "infer:nlu-micro";
    private static final String DECIDE = "decide:slots";

    @TempDir static Path shared;
    private static Path models;
    private static Path routes;
    private static int busyPort;
    private static Ganglion all;

    @TempDir Path folder;

    @BeforeAll
    static void everythingIsWrongAtOnce() throws Exception {
        models = shared.resolve("models");
        Folders.copyModel(models, "nlu-micro", "nlu-micro");
        Folders.copyModel(models, "all-minilm-l6-v2", "all-minilm-l6-v2");
        Files.delete(Folders.copyModel(models, "nlu-micro", "lost").resolve("model.onnx"));
        Path damaged = Folders.copyModel(models, "nlu-micro", "damaged").resolve("model.onnx");
        byte[] weights = Files.readAllBytes(damaged);
        weights[weights.length / 2] ^= 1;
        Files.write(damaged, weights);
        Folders.write(models.resolve("strange/1/model.tvm"), "GGUF");
        Path misfit = Folders.copyModel(models, "nlu-micro", "misfit");
        Path tokenizer = misfit.resolve("tokenizer.json");
        String before = Folders.sha256(tokenizer);
        Files.copy(
                Ganglion.image().resolve("models/nlu-small/1/tokenizer.json"),
                tokenizer,
                java.nio.file.StandardCopyOption.REPLACE_EXISTING);
        Path card = misfit.resolve("model.yaml");
        Files.writeString(card, Files.readString(card).replace(before, Folders.sha256(tokenizer)));

        routes = shared.resolve("routes");
        route("good", SENSE, ENCODE, INFER, DECIDE);
        route("lost", SENSE, ENCODE, "infer:lost", DECIDE);
        route("damaged", SENSE, ENCODE, "infer:damaged", DECIDE);
        route("strange", SENSE, ENCODE, "infer:strange", DECIDE);
        route("absent", SENSE, ENCODE, "infer:nowhere", DECIDE);
        route("misfit", SENSE, ENCODE, "infer:misfit", DECIDE);
        route("mismatch", SENSE, ENCODE, "infer:all-minilm-l6-v2", DECIDE);
        route("unlabelled", SENSE, ENCODE, "infer:all-minilm-l6-v2", "decide:labels");
        route("unencoded", SENSE, INFER, DECIDE);
        route("option-of-plugin", SENSE, ENCODE, INFER, "decide:slots?abov=0.7");
        route("option-of-camel", "seda:commands?sice=3", ENCODE, INFER, DECIDE);
        route("value", SENSE, ENCODE, INFER, "decide:slots?above=7");
        route("placeholder", SENSE, ENCODE, "\"infer:{{brain}}\"", DECIDE);
        route("no-input", "sense:text?path=gone.txt", ENCODE, INFER, DECIDE);
        route("no-decider", SENSE, ENCODE, INFER, "decide:dice");
        Folders.write(
                routes.resolve("not-yaml/route.camel.yaml"), "- route:\n    from:\n      uri: [\n");
        Folders.write(
                routes.resolve("not-xml/route.camel.xml"),
                "<routes>\n  <route>\n    <from uri=\"direct:a\"/>\n  </rout>\n</routes>\n");

        Path bundles = Files.createDirectories(shared.resolve("bundles"));
        Folders.drop(Folders.httpComponent(), bundles);
        Folders.drop(
                PluginJar.write(
                        shared,
                        "vendor.throwing",
                        "throwing",
                        "if (true) throw new IllegalStateException(\"no lamp on the bus\");"),
                bundles);
        Folders.drop(PluginJar.write(shared, "vendor.second", "home", ""), bundles);
        Folders.drop(
                PluginJar.write(shared, "vendor.needing", "needing", "", "com.example.absent"),
                bundles);
        try (ServerSocket holder = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
            busyPort = holder.getLocalPort();
            route(
                    "busy",
                    "netty-http:http://127.0.0.1:" + busyPort + "/command",
                    ENCODE,
                    INFER,
                    DECIDE);
            all =
                    Ganglion.run(
                            shared,
                            Map.of(
                                    "GANGLION_MODELS",
                                    models.toString(),
                                    "GANGLION_BUNDLES",
                                    bundles.toString()),
                            "run",
                            routes.toString(),
                            "--json",
                            "--until-idle");
        }
    }

    private static void route(String id, String from, String... steps) {
        Folders.route(routes.resolve(id), id, from, steps);
        Folders.write(routes.resolve(id).resolve("in.txt"), "turn on the kitchen lights\n");
    }

    /** The one sentence about a route of the shared container. */
    private static String sentence(String route) {
        List<String> sentences =
                all.err().stream()
                        .filter(
                                line ->
                                        line.contains(
                                                routes.resolve(route)
                                                        .resolve("route.camel.")
                                                        .toString()))
                        .distinct()
                        .toList();
        assertThat(sentences).as("%s in %s", route, all.err()).hasSize(1);
        return sentences.get(0);
    }

    /** The one sentence of a command that was refused. */
    private static String refusal(int status, Ganglion command) {
        assertThat(command.exitStatus()).as("%s", command.err()).isEqualTo(status);
        assertThat(command.err()).as("out %s", command.out()).hasSize(1);
        assertThat(command.out()).isEmpty();
        return command.err().get(0);
    }

    @Test
    void theRouteThatIsRightGoesOnBesideAllThatIsWrong() {
        assertThat(all.exitStatus()).isEqualTo(1);
        List<Map<String, Object>> lines = all.json();
        assertThat(lines).hasSize(2);
        assertThat(lines.get(0))
                .containsEntry("route", "good")
                .containsEntry("intent", "iot_hue_lighton");
        assertThat(lines.get(1)).containsEntry("type", "summary").containsEntry("decisions", 1);
    }

    @Test
    void nobodySeesAStackTrace() {
        assertThat(all.err())
                .noneMatch(line -> line.startsWith("\tat ") || line.contains("Caused by:"));
    }

    @Test
    void aMissingModelFileIsNamed() {
        assertThat(sentence("lost"))
                .contains(
                        "route.camel.yaml:6: the model lost@1 lacks its file "
                                + models.resolve("lost/1/model.onnx"))
                .contains("which its card lists")
                .endsWith("install the model again");
    }

    @Test
    void aDamagedModelFileIsNamedWithBothChecksums() throws IOException {
        Path file = models.resolve("damaged/1/model.onnx");
        assertThat(sentence("damaged"))
                .contains(
                        "the file "
                                + file
                                + " of model damaged@1 is damaged: SHA-256 "
                                + Folders.sha256(
                                        Ganglion.image().resolve("models/nlu-micro/1/model.onnx"))
                                + " expected, "
                                + Folders.sha256(file)
                                + " found")
                .endsWith("install the model again");
    }

    @Test
    void aModelOfUnknownFormatWaitsForAnEngineAndListsThoseThatExist() {
        assertThat(sentence("strange"))
                .endsWith(
                        "waits for an engine that loads the format 'tvm' of model strange@1; of engines there are:"
                                + " llamacpp, onnxruntime");
    }

    @Test
    void aModelThatIsNotThereIsWaitedForAndTheExistingOnesAreListed() {
        assertThat(sentence("absent"))
                .endsWith(
                        "waits for the model 'nowhere' of infer:nowhere; of models there are: all-minilm-l6-v2, damaged,"
                                + " lost, misfit, nlu-micro, strange");
    }

    @Test
    void aTokenizerThatDoesNotFitTheModelIsRefusedByTheProbeOfItsCard() {
        assertThat(sentence("misfit"))
                .contains(
                        "the tokenizer file "
                                + models.resolve("misfit/1/tokenizer.json")
                                + " does not fit model misfit@1")
                .contains(
                        "'turn on the kitchen lights' should become [2, 815, 86, 76, 1834, 2099, 3], found [2, 815, 86, 76,"
                                + " 1908, 2676, 3]")
                .endsWith("install the tokenizer that the model was trained with");
    }

    @Test
    void tensorsThatDoNotFitAreRefusedAtWiringNamingBothSides() {
        assertThat(sentence("mismatch"))
                .contains(
                        "route.camel.yaml:8: decide:slots: 'slots' names an output of model all-minilm-l6-v2@1")
                .contains("found 'slot_logits'")
                .endsWith("it has: last_hidden_state FLOAT32[-1, -1, 384]");
        assertThat(sentence("unlabelled"))
                .contains(
                        "decide:labels",
                        "all-minilm-l6-v2@1",
                        "no labels",
                        "last_hidden_state FLOAT32[-1, -1, 384]");
        assertThat(sentence("unencoded"))
                .contains(
                        "sense:text gives text, but infer:nlu-micro takes [input_ids INT64[-1, -1], attention_mask INT64[-1, -1]]")
                .contains("put 'encode:wordpiece' between them");
    }

    @Test
    void anUnknownOptionIsRefusedWithThoseThatExist() {
        assertThat(sentence("option-of-plugin"))
                .contains("route.camel.yaml:8: decide:slots has no option 'abov'; it has: ")
                .contains(
                        "intent (text", "slots (text", "above (a number from 0 to 1, default 0.5)");
        assertThat(sentence("option-of-camel"))
                .contains("route.camel.yaml:4: the address 'seda:")
                .contains("Unknown parameters=[{sice=3}]")
                .contains("; it has: ")
                .contains("size", "concurrentConsumers");
    }

    @Test
    void aValueOutOfItsRangeIsRefusedWithTheRange() {
        assertThat(sentence("value"))
                .endsWith("decide:slots: 'above' takes a number from 0 to 1, found '7'");
    }

    @Test
    void aPlaceholderWithoutValueIsRefusedWithItsLine() {
        assertThat(sentence("placeholder"))
                .contains(
                        "route.camel.yaml:7: a placeholder in 'infer:{{brain}}' has no value; write {{name:default}}");
    }

    @Test
    void anInputThatIsNotThereIsRefusedWithWhatIsThere() {
        assertThat(sentence("no-input"))
                .contains(
                        "sense:text: there is no file or folder 'gone.txt' at "
                                + routes.resolve("no-input/gone.txt"))
                .contains("the folder has in.txt, route.camel.yaml");
    }

    @Test
    void aPluginThatIsNotThereIsWaitedForAndTheExistingOnesAreListed() {
        assertThat(sentence("no-decider"))
                .endsWith(
                        "waits for the decider 'dice' of decide:dice; there are: action, labels, nearest, slots, threshold");
    }

    @Test
    void aFileThatIsNoRouteIsRefusedWithItsLine() {
        assertThat(sentence("not-yaml"))
                .containsPattern("not-yaml/route\\.camel\\.yaml:[34]: this is no route: ");
        assertThat(sentence("not-xml"))
                .containsPattern("not-xml/route\\.camel\\.xml:4: this is no route: ");
    }

    @Test
    void aBusyPortIsRefusedWithAddressAndRemedy() {
        // The component is dropped in, so that the route waited for it first.
        assertThat(all.err())
                .contains(
                        "ganglion: "
                                + routes.resolve("busy/route.camel.yaml")
                                + ": the port of"
                                + " 'netty-http:http://127.0.0.1:"
                                + busyPort
                                + "/command' (line 4) is in use by another program;"
                                + " choose another port or stop that program");
    }

    @Test
    void aPluginThatThrowsInItsConstructorIsNamedWithItsBundle() {
        assertThat(all.err())
                .anySatisfy(
                        line ->
                                assertThat(line)
                                        .contains(
                                                "plugin.Plugin of vendor.throwing 1.0.0 could not be made")
                                        .contains("no lamp on the bus")
                                        .contains(
                                                "the others go on; mend it and install it again"));
    }

    @Test
    void ofTwoPluginsOfOneNameTheSecondIsRefused() {
        assertThat(all.err())
                .anySatisfy(
                        line ->
                                assertThat(line)
                                        .contains(
                                                "two actuators are called 'home': the one of dev.ganglion.actuator.home ")
                                        .contains(
                                                "serves, the one of vendor.second 1.0.0 is refused; rename or remove one of them"));
    }

    @Test
    void aBundleThatNeedsWhatNobodyOffersIsNamedWithThatPackage() {
        assertThat(all.err())
                .anySatisfy(
                        line ->
                                assertThat(line)
                                        .isEqualTo(
                                                "ganglion: the bundle vendor.needing cannot be started: it needs the package"
                                                        + " com.example.absent, which no other bundle offers; drop one that does, or remove this one"));
    }

    @Test
    void aTextLongerThanTheModelTakesFailsAloneUnlessTheRouteTruncates() throws IOException {
        Path input =
                Folders.write(
                        folder.resolve("in.txt"),
                        "turn on the light\n" + "light ".repeat(100) + "\nturn off the light\n");
        Path strict = folder.resolve("strict");
        Folders.route(strict, "strict", "sense:text?path=" + input, ENCODE, INFER, DECIDE);
        Folders.route(
                folder.resolve("lenient"),
                "lenient",
                "sense:text?path=" + input,
                ENCODE + "?truncate=true",
                INFER,
                DECIDE);
        Ganglion run = Ganglion.run(folder, "run", folder.toString(), "--json");
        assertThat(run.exitStatus()).isEqualTo(1);
        assertThat(sources(run, "strict")).containsExactly(input + ":1", input + ":3");
        assertThat(sources(run, "lenient"))
                .containsExactly(input + ":1", input + ":2", input + ":3");
        assertThat(run.err())
                .singleElement()
                .satisfies(
                        line ->
                                assertThat(line)
                                        .startsWith(
                                                "ganglion: "
                                                        + input
                                                        + ":2: a text of 102 tokens is longer than the 64 that the model takes")
                                        .contains("shorten it")
                                        .contains("truncate"));
    }

    private static List<Object> sources(Ganglion run, String route) {
        List<Object> sources = new ArrayList<>();
        run.json().stream()
                .filter(line -> route.equals(line.get("route")))
                .forEach(line -> sources.add(line.get("source")));
        return sources;
    }

    @Test
    void aLineThatIsNotUtf8FailsAlone() throws IOException {
        ByteArrayOutputStream lines = new ByteArrayOutputStream();
        lines.write("turn on the light\nturn ".getBytes(StandardCharsets.UTF_8));
        lines.write(0xFF);
        lines.write(" off\nturn off the light\n".getBytes(StandardCharsets.UTF_8));
        Path input = Files.write(folder.resolve("in.txt"), lines.toByteArray());
        Ganglion run =
                Ganglion.run(
                        folder,
                        "run",
                        Ganglion.route("kitchen-commands"),
                        "--json",
                        "--set",
                        "input=" + input);
        assertThat(run.exitStatus()).isEqualTo(1);
        assertThat(run.json())
                .hasSize(3)
                .last()
                .satisfies(line -> assertThat(line).containsEntry("failed", 1));
        assertThat(run.err())
                .filteredOn(line -> line.startsWith("ganglion: "))
                .singleElement()
                .satisfies(
                        line ->
                                assertThat(line)
                                        .startsWith(
                                                "ganglion: "
                                                        + input
                                                        + ":2: text in UTF-8 was expected")
                                        .contains("byte 6 of the line starts FF")
                                        .contains("save the text as UTF-8")
                                        .containsOnlyOnce(input + ":2"));
    }

    @Test
    void settingAPlaceholderThatTheRouteDoesNotHaveIsRefusedWithThoseThatItHas() {
        assertThat(
                        refusal(
                                1,
                                Ganglion.run(
                                        folder,
                                        "run",
                                        Ganglion.route("kitchen-commands"),
                                        "--json",
                                        "--set",
                                        "modle=nlu-small")))
                .isEqualTo(
                        "ganglion: --set modle: the route has no such placeholder; it has: above (default 0.5), input"
                                + " (default commands.txt), model (default nlu-micro)");
    }

    @Test
    void aRouteThatIsNotThereIsRefusedWithItsNeighbours() {
        assertThat(refusal(1, Ganglion.run(folder, "run", Ganglion.route("kitchen"), "--json")))
                .startsWith(
                        "ganglion: there is no route file or folder "
                                + Ganglion.route("kitchen")
                                + "; ")
                .endsWith(
                        "has: assistant, http-assistant, http-commands, keyword-relay,"
                                + " kitchen-commands, machine-health, mqtt-commands, voice-home");
    }

    @Test
    void aFileOfAnotherKindIsNoRoute() {
        Path file = Folders.write(folder.resolve("route.txt"), "- route:\n");
        assertThat(refusal(1, Ganglion.run(folder, "run", file.toString(), "--json")))
                .isEqualTo(
                        "ganglion: "
                                + file
                                + " is no route file: its name must end in .camel.yaml or .camel.xml");
    }

    @Test
    void aFolderWithoutRoutesIsRefused() {
        assertThat(refusal(1, Ganglion.run(folder, "run", folder.toString(), "--json")))
                .startsWith("ganglion: there is no route file in " + folder)
                .endsWith("expected one whose name ends in .camel.yaml or .camel.xml");
    }

    @Test
    void anUnknownCommandIsNotUnderstood() {
        Ganglion command = Ganglion.run(folder, "rnu", Ganglion.route("kitchen-commands"));
        assertThat(command.exitStatus()).isEqualTo(2);
        assertThat(command.err())
                .anyMatch(line -> line.contains("'rnu'"))
                .anyMatch(line -> line.startsWith("  run "));
    }

    @Test
    void aFolderThatCannotBeWrittenIsNamedWithWhatToDo() {
        assertThat(
                        refusal(
                                1,
                                Ganglion.run(
                                        folder,
                                        Map.of("GANGLION_VAR", "/proc/nowhere"),
                                        "run",
                                        Ganglion.route("kitchen-commands"),
                                        "--json")))
                .startsWith("ganglion: the folder /proc/nowhere cannot be written (")
                .contains("give the user of this process the right to write there")
                .endsWith("name another with GANGLION_VAR");
    }

    @Test
    void aFullDiskIsNamedWithWhatIsFreeAndWhatIsNeeded() throws Exception {
        Path disk = Files.createDirectory(folder.resolve("disk"));
        assumeTrue(
                run("mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", disk.toString()) == 0,
                "a small disk cannot be mounted here, so that none can be full");
        try {
            assertThat(
                            refusal(
                                    1,
                                    Ganglion.run(
                                            folder,
                                            Map.of("GANGLION_VAR", disk.toString()),
                                            "run",
                                            Ganglion.route("kitchen-commands"),
                                            "--json")))
                    .matches(
                            "ganglion: the disk of the folder \\S+/disk is full: 0\\.[01] MB are free and starting takes 20 MB;"
                                    + " make room there, or name another folder with GANGLION_VAR");
        } finally {
            assertThat(run("umount", disk.toString())).isZero();
        }
    }

    private static int run(String... command) throws IOException, InterruptedException {
        Process process =
                new ProcessBuilder(command)
                        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                        .redirectError(ProcessBuilder.Redirect.DISCARD)
                        .start();
        assertThat(process.waitFor(10, TimeUnit.SECONDS)).isTrue();
        return process.exitValue();
    }

    @Test
    void aFullDiskUnderTheActuatorFailsTheActionWithASentence() {
        assumeTrue(
                Files.exists(Path.of("/dev/full")),
                "there is no /dev/full here, which is always full");
        Path route = folder.resolve("route");
        Folders.route(
                route,
                "full",
                "sense:text?path=in.txt",
                ENCODE,
                INFER,
                DECIDE,
                "act:home?actions=actions.yaml&print=/dev/full");
        Folders.write(route.resolve("in.txt"), "turn on the kitchen lights\n");
        Folders.write(
                route.resolve("actions.yaml"),
                "iot_hue_lighton:\n  action: light_on\n  room: kitchen\n");
        Ganglion run = Ganglion.run(folder, "run", route.toString(), "--json");
        assertThat(run.exitStatus()).as("out %s, err %s", run.out(), run.err()).isEqualTo(1);
        assertThat(run.err())
                .singleElement()
                .satisfies(
                        line ->
                                assertThat(line)
                                        .contains(
                                                "in.txt:1: ",
                                                "act:home",
                                                "print=/dev/full",
                                                "make room on its disk"));
    }
}
