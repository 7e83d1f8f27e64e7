package dev.ganglion.camel.route;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.ganglion.api.data.Tensor;
import dev.ganglion.api.data.TensorSpec;
import dev.ganglion.camel.route.RouteFiles.State;
import java.net.BindException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.camel.Consumer;
import org.apache.camel.Endpoint;
import org.apache.camel.Processor;
import org.apache.camel.Producer;
import org.apache.camel.support.DefaultComponent;
import org.apache.camel.support.DefaultConsumer;
import org.apache.camel.support.DefaultEndpoint;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RouteFilesTest {
    private static final String SENSE = "sense:hand-fed";
    private static final String INFER = "infer:linear";
    private static final String DECIDE = "decide:toy-argmax?above=0.9";
    private static final String ACT = "act:recording?actions=actions.yaml";

    @TempDir Path folder;
    private TestHouse house;

    @BeforeEach
    void open() throws Exception {
        house = new TestHouse(folder, TensorSpec.of("values", Tensor.Type.FLOAT32, "1", 1, 2));
    }

    @AfterEach
    void close() {
        house.close();
    }

    private void on() {
        house.sensor.put("me", TestHouse.row(9, 0), true);
    }

    private void off() {
        house.sensor.put("me", TestHouse.row(0, 9), true);
    }

    private Path lights() {
        return house.running("lights", SENSE, INFER, DECIDE, ACT);
    }

    private String sentence(Path file, State expected) {
        RouteFiles.Status status = house.status(file);
        assertThat(status.state()).as(status.sentence()).isEqualTo(expected);
        return status.sentence();
    }

    /** Loads a changed version and gives the sentence that says what is wrong with it. */
    private String broken(Path file, String was, String becomes) throws Exception {
        String content = Files.readString(file);
        assertThat(content).contains(was);
        Files.writeString(file, content.replace(was, becomes));
        house.files.load(file);
        return sentence(file, State.BROKEN);
    }

    private void assertLastGoodRunsOn(Path file) {
        assertThat(house.status(file).sentence()).endsWith("(its last good version runs on)");
        int before = house.done().size();
        on();
        assertThat(house.done()).hasSize(before + 1);
        assertThat(house.status(file).routes()).isNotEmpty();
    }

    @Test
    void aFileIsLoadedChangedAndRemoved() throws Exception {
        Path file = lights();
        on();
        house.write("routes/lights.camel.yaml", Files.readString(file).replace("0.9", "1"));
        house.loaded(file);
        on();
        assertThat(house.done()).containsExactly("light_on");
        assertThat(house.reports).hasSize(2);
        house.files.remove(file);
        assertThat(house.sensor.put("me", TestHouse.row(9, 0), true)).isZero();
        assertThat(house.files.status()).isEmpty();
        assertThat(house.camel.getRoutes()).isEmpty();
        assertThat(house.engine.openSessions()).isZero();
        assertThat(house.actuator.openDevices()).isZero();
        assertThat(house.news)
                .extracting(TestHouse.News::state)
                .containsExactly("running", "running", "removed");
    }

    @Test
    void anAddressThatNamesARouteItselfIsBroken() throws Exception {
        Path file = lights();
        String named = ACT + (ACT.contains("?") ? "&" : "?") + "_route=other";
        assertThat(broken(file, ACT, named)).contains("'_route'", "said by the framework only");
        assertLastGoodRunsOn(file);
    }

    @Test
    void removingWhatWasNeverLoadedDoesNothing() {
        house.files.remove(folder.resolve("none.camel.yaml"));
        assertThat(house.news).isEmpty();
    }

    @Test
    void yamlThatIsNoneIsBrokenWithItsLine() throws Exception {
        Path file = lights();
        assertThat(broken(file, "      uri: sense", "     uri: [sense"))
                .startsWith(file + ":")
                .doesNotContain("\n")
                .contains("this is no route");
        assertThat(house.status(file).sentence()).containsPattern("lights\\.camel\\.yaml:[4-6]: ");
        assertLastGoodRunsOn(file);
    }

    @Test
    void anUnknownKeyIsBrokenWithItsLine() throws Exception {
        Path file = lights();
        assertThat(broken(file, "        - to: infer", "        - two: infer"))
                .startsWith(file + ":6: this is no route: ")
                .contains("two");
        assertLastGoodRunsOn(file);
    }

    @Test
    void xmlThatIsNoneIsBrokenWithItsLine() {
        Path file =
                house.write(
                        "routes/x.camel.xml",
                        """
                        <routes>
                          <route>
                            <from uri="sense:hand-fed"/>
                            <to uri="infer:linear">
                          </route>
                        </routes>
                        """);
        house.files.load(file);
        assertThat(sentence(file, State.BROKEN)).startsWith(file + ":5: this is no route: ");
    }

    @Test
    void aFileThatIsNoRouteIsBroken() {
        Path empty = house.write("routes/empty.camel.yaml", "");
        Path other = house.write("routes/other.camel.yaml", "light_on: {action: light_on}\n");
        Path xml = house.write("routes/other.camel.xml", "<house/>\n");
        for (Path file : List.of(empty, other, xml)) {
            house.files.load(file);
            assertThat(sentence(file, State.BROKEN))
                    .startsWith(file.toString())
                    .contains("no route");
        }
    }

    @Test
    void aFileThatCannotBeReadIsBroken() throws Exception {
        Path file = lights();
        Files.write(file, new byte[] {'-', ' ', (byte) 0xFF});
        house.files.load(file);
        assertThat(sentence(file, State.BROKEN))
                .startsWith(file + " cannot be read")
                .contains("it must be a text file in UTF-8");
        assertLastGoodRunsOn(file);
        Path none = folder.resolve("routes/none.camel.yaml");
        house.files.load(none);
        assertThat(sentence(none, State.BROKEN)).contains("NoSuchFile").doesNotContain("last good");
    }

    @Test
    void aRouteWaitsForAPlugInAndStartsWhenItComes() throws Exception {
        house.plugins.remove(house.decider);
        Path file = house.route("lights", SENSE, INFER, DECIDE, ACT);
        house.files.load(file);
        assertThat(sentence(file, State.WAITING))
                .isEqualTo(
                        file
                                + " waits for the decider 'toy-argmax' of decide:toy-argmax; there are: each-step");
        assertThat(house.camel.getRoutes()).isEmpty();
        house.files.retry();
        sentence(file, State.WAITING);
        house.plugins.add(house.decider, "test");
        house.files.retry();
        sentence(file, State.RUNNING);
        on();
        assertThat(house.done()).containsExactly("light_on");
        assertThat(house.news)
                .extracting(TestHouse.News::state)
                .containsExactly("waiting", "running");
    }

    @Test
    void eachMissingPlugInIsNamed() {
        Map<String, String> missing =
                Map.of(
                        "sense:ears", "the sensor 'ears' of sense:ears; there are: hand-fed",
                        "encode:mel",
                                "the encoder or tokenizer 'mel' of encode:mel; of encoders there are: toy-eleven; of segmenters there is none; of tokenizers there are: toy-bytes",
                        "act:arm", "the actuator 'arm' of act:arm; there are: recording");
        missing.forEach(
                (uri, sentence) -> {
                    Path file =
                            uri.startsWith("sense:")
                                    ? house.route("missing", uri, INFER)
                                    : house.route("missing", SENSE, uri);
                    house.files.load(file);
                    assertThat(sentence(file, State.WAITING))
                            .isEqualTo(file + " waits for " + sentence);
                });
    }

    @Test
    void aRouteWaitsForAModelAndStartsWhenItComes() throws Exception {
        Path file = house.route("lights", SENSE, "infer:later", DECIDE, ACT);
        house.files.load(file);
        assertThat(sentence(file, State.WAITING))
                .isEqualTo(
                        file
                                + " waits for the model 'later' of infer:later; of models there are: letters, linear, recurrent, slow");
        house.linear("later");
        house.files.retry();
        sentence(file, State.RUNNING);
        on();
        assertThat(house.done()).containsExactly("light_on");
    }

    @Test
    void aModelThatIsDamagedIsBroken() {
        house.write("models/linear/1/linear-1.toy", "toy-linear\n1 2 3\nend\n");
        Path file = house.route("lights", SENSE, INFER, DECIDE, ACT);
        house.files.load(file);
        assertThat(sentence(file, State.BROKEN))
                .startsWith(file + ":6: ")
                .contains("linear-1.toy", "is damaged", "install the model again");
    }

    @Test
    void aRouteThatNeedsAnUnknownComponentWaits() throws Exception {
        Path file = lights();
        String content = Files.readString(file);
        Files.writeString(file, content + "        - to: telegraph:office\n");
        house.files.load(file);
        assertThat(sentence(file, State.WAITING))
                .startsWith(
                        file
                                + " waits for the Camel component 'telegraph' of 'telegraph:office' (line 9)")
                .contains("drop its bundle into the folder bundles");
        assertLastGoodRunsOn(file);
        house.camel.addComponent("telegraph", new BusyComponent());
        house.files.retry();
        sentence(file, State.RUNNING);
    }

    @Test
    void anUnknownOptionOfAWordIsBrokenAndTheOptionsAreListed() throws Exception {
        Path file = lights();
        assertThat(broken(file, "above=0.9", "over=0.9"))
                .startsWith(
                        file
                                + ":7: decide:toy-argmax has no option 'over'; it has: tensor (text, default scores), above (a number from 0 to 1, default 0.5)");
        assertLastGoodRunsOn(file);
    }

    @Test
    void anUnfittingOptionIsBroken() throws Exception {
        Path file = lights();
        assertThat(broken(file, "above=0.9", "above=9"))
                .startsWith(
                        file
                                + ":7: decide:toy-argmax: 'above' takes a number from 0 to 1, found '9'");
        assertLastGoodRunsOn(file);
    }

    @Test
    void theOptionsOfTheFrameworkAreListedToo() throws Exception {
        Path file = lights();
        assertThat(broken(file, "actions=actions.yaml", "rules=actions.yaml"))
                .startsWith(file + ":8: act:recording has no option 'rules'; it has: device (")
                .contains("actions (a file or folder)");
        assertLastGoodRunsOn(file);
    }

    @Test
    void neighboursThatDoNotFitAreBrokenWithTheLine() throws Exception {
        Path file = lights();
        assertThat(broken(file, "infer:linear", "infer:slow"))
                .startsWith(file + ":6: sense:hand-fed gives ")
                .contains("but infer:slow takes ");
        assertLastGoodRunsOn(file);
    }

    @Test
    void anUnknownOptionOfAComponentIsBrokenAndTheLastGoodVersionIsNeverStopped() throws Exception {
        Path file = lights();
        var running = house.camel.getRoute("lights");
        Files.writeString(file, Files.readString(file) + "        - to: log:done?colour=red\n");
        int endpoints = house.camel.getEndpoints().size();
        house.files.load(file);
        assertThat(sentence(file, State.BROKEN))
                .startsWith(
                        file
                                + ":9: the address 'log://done?colour=red' is not understood: There are 1")
                .contains("Unknown parameters=[{colour=red}]");
        assertThat(house.camel.getRoute("lights")).isSameAs(running);
        assertLastGoodRunsOn(file);
        assertThat(house.camel.getEndpoints()).hasSize(endpoints);
    }

    @Test
    void aPlaceholderWithoutValueIsBroken() throws Exception {
        Path file = lights();
        assertThat(broken(file, "0.9", "{{sureness}}"))
                .startsWith(
                        file
                                + ":7: a placeholder in 'decide:toy-argmax?above={{sureness}}' has no value")
                .contains("write {{name:default}}");
        assertLastGoodRunsOn(file);
        house.write(
                "routes/lights.camel.yaml",
                Files.readString(file).replace("{{sureness}}", "{{sureness:0.9}}"));
        house.loaded(file);
    }

    @Test
    void anIdThatRunsAlreadyIsRefusedUntilItIsFree() throws Exception {
        Path file = lights();
        Path second = house.write("routes/second.camel.yaml", Files.readString(file));
        house.files.load(second);
        assertThat(sentence(second, State.BROKEN))
                .isEqualTo(
                        second
                                + ": a route 'lights' runs already, from "
                                + file
                                + "; give one of them another id");
        assertThat(house.sensor.open()).isEqualTo(1);
        house.write(
                "routes/lights.camel.yaml",
                Files.readString(file).replace("id: lights", "id: lamps"));
        house.loaded(file);
        sentence(second, State.RUNNING);
        house.files.remove(second);
        house.write("routes/second.camel.yaml", Files.readString(file));
        house.files.load(second);
        sentence(second, State.BROKEN);
        house.files.remove(file);
        sentence(second, State.RUNNING);
        on();
        assertThat(house.done()).containsExactly("light_on");
    }

    @Test
    void twoRoutesOfAFileNeedTwoIds() throws Exception {
        Path file = lights();
        Files.writeString(file, Files.readString(file) + Files.readString(file));
        house.files.load(file);
        assertThat(sentence(file, State.BROKEN))
                .startsWith(file + ":12: two routes of the file have the id 'lights'");
        assertLastGoodRunsOn(file);
    }

    @Test
    void aPortInUseIsToldAndTheFormerVersionRunsAgain() throws Exception {
        house.camel.addComponent("busy", new BusyComponent());
        Path file = lights();
        String good = Files.readString(file);
        Files.writeString(
                file,
                good
                        + good.replace("id: lights", "id: web")
                                .replace("sense:hand-fed", "busy:8080"));
        house.files.load(file);
        assertThat(sentence(file, State.BROKEN))
                .startsWith(file + ": ")
                .contains("port", "in use", "8080", "choose another port");
        assertLastGoodRunsOn(file);
        assertThat(house.camel.getRoutes()).hasSize(1);
        assertThat(house.sensor.open()).isEqualTo(1);
        assertThat(house.actuator.openDevices()).isEqualTo(1);
        Files.writeString(file, good);
        house.loaded(file);
        on();
        assertThat(house.done()).hasSize(2);
    }

    @Test
    void aPlugInThatGoesStopsItsRoutesAndItsReturnStartsThem() {
        Path file = lights();
        Path other = house.running("other", "direct:other", "log:other");
        on();
        house.plugins.remove(house.sensor);
        house.files.retry();
        assertThat(sentence(file, State.WAITING)).contains("waits for the sensor 'hand-fed'");
        assertThat(house.sensor.open()).isZero();
        assertThat(house.engine.openSessions()).isZero();
        assertThat(house.camel.getRoutes()).extracting(r -> r.getId()).containsExactly("other");
        sentence(other, State.RUNNING);
        house.plugins.add(house.sensor, "test");
        house.files.retry();
        sentence(file, State.RUNNING);
        off();
        assertThat(house.done()).containsExactly("light_on", "light_off");
    }

    @Test
    void noCallerOfADirectRouteFailsWhileItIsReloaded() throws Exception {
        Path file = house.running("inner", "direct:inner", INFER, DECIDE, ACT);
        AtomicInteger sent = new AtomicInteger();
        AtomicInteger failed = new AtomicInteger();
        AtomicBoolean ends = new AtomicBoolean();
        Thread caller =
                new Thread(
                        () -> {
                            while (!ends.get()) {
                                if (house.template
                                        .send(
                                                "direct:inner",
                                                e -> e.getMessage().setBody(TestHouse.row(9, 0)))
                                        .isFailed()) {
                                    failed.incrementAndGet();
                                }
                                sent.incrementAndGet();
                            }
                        });
        caller.start();
        for (int i = 0; i < 10; i++) {
            int before = sent.get();
            Files.writeString(file, Files.readString(file) + "# edit " + i + "\n");
            house.loaded(file);
            await().until(() -> sent.get() > before + 10);
        }
        ends.set(true);
        caller.join();
        assertThat(failed.get()).as("of " + sent + " messages").isZero();
        assertThat(house.done()).hasSize(sent.get());
    }

    @Test
    void theLastGoodVersionOfABrokenFileStopsWhenItsPlugInGoes() throws Exception {
        Path file = lights();
        broken(file, "above=0.9", "over=0.9");
        house.plugins.remove(house.sensor);
        house.files.retry();
        assertThat(house.sensor.open()).isZero();
        assertThat(house.status(file).routes()).isEmpty();
        assertThat(house.status(file).sentence()).doesNotContain("last good");
    }

    @Test
    void anotherRouteIsNotTouchedByABrokenOne() throws Exception {
        lights();
        Path other = house.route("other", SENSE, "decide:toy-argmax");
        house.files.load(other);
        assertThat(sentence(other, State.BROKEN)).contains("no infer: comes before it");
        on();
        assertThat(house.done()).containsExactly("light_on");
    }

    @Test
    void nothingPilesUpOverReloads() throws Exception {
        Path file = lights();
        on();
        String content = Files.readString(file);
        int endpoints = house.camel.getEndpoints().size();
        for (int i = 0; i < 20; i++) {
            Files.writeString(file, content + "        - to: log:version" + i + "\n");
            house.loaded(file);
            on();
            assertThat(house.engine.openSessions()).isEqualTo(1);
            assertThat(house.camel.getEndpoints()).hasSize(endpoints + 1);
        }
        assertThat(house.camel.getRouteDefinitions()).hasSize(1);
        assertThat(house.camel.getEndpoints())
                .extracting(Endpoint::getEndpointUri)
                .contains("log://version19");
        house.files.remove(file);
        assertThat(house.camel.getEndpoints()).isEmpty();
        assertThat(house.camel.getRouteDefinitions()).isEmpty();
        assertThat(house.engine.openSessions()).isZero();
        assertThat(house.engine.usesAfterFree()).isZero();
        assertThat(house.done()).hasSize(21);
    }

    @Test
    void anAddressThatAnotherFileUsesStays() {
        Path first = house.running("first", "direct:first", "seda:shared");
        house.running("second", "seda:shared", "log:second");
        house.files.remove(first);
        assertThat(house.camel.hasEndpoint("seda:shared")).isNotNull();
        assertThat(house.camel.hasEndpoint("direct:first")).isNull();
    }

    @Test
    void aFolderIsFollowed() throws Exception {
        Path file = house.route("lights", SENSE, INFER, DECIDE, ACT);
        house.write("routes/notes.txt", "no route");
        try (RouteFolder followed = new RouteFolder(folder.resolve("routes"), house.files)) {
            assertThat(followed).isNotNull();
            sentence(file, State.RUNNING);
            on();
            house.write(
                    "routes/actions.yaml",
                    "light_on: {action: say, text: the light would be on now}\n");
            await().until(() -> house.news.size() == 2);
            on();
            assertThat(house.done()).containsExactly("light_on", "say");

            house.write("routes/actions.yaml", "light_on: {action: explode}\n");
            await().until(() -> house.status(file).state() == State.BROKEN);
            assertThat(house.status(file).sentence())
                    .startsWith(file.toString())
                    .contains("actions.yaml", "'explode'", "light_on, light_off, set_level, say");

            house.write("routes/actions.yaml", "light_on: {action: light_on, room: hall}\n");
            await().until(() -> house.status(file).state() == State.RUNNING);
            Path deep =
                    house.write(
                            "routes/deep/route.camel.yaml",
                            "- route:\n    from:\n      uri: direct:deep\n      steps:\n        - to: log:deep\n");
            await().until(() -> house.files.status().size() == 2);
            assertThat(house.status(deep).routes()).containsExactly("deep");
            Files.delete(file);
            await().until(() -> house.files.status().size() == 1);
            assertThat(house.sensor.open()).isZero();
        }
    }

    @Test
    void aFolderMayBeOneFile() throws Exception {
        Path file = house.route("lights", SENSE, INFER, DECIDE, ACT);
        house.route("other", SENSE, INFER, DECIDE, ACT);
        try (RouteFolder followed = new RouteFolder(file, house.files)) {
            assertThat(followed).isNotNull();
            assertThat(house.files.status())
                    .extracting(RouteFiles.Status::file)
                    .containsExactly(file);
            Files.delete(file);
            await().until(() -> house.files.status().isEmpty());
        }
    }

    @Test
    void aFolderThatIsNotThereHasNoRoutes() {
        try (RouteFolder followed = new RouteFolder(folder.resolve("none"), house.files)) {
            assertThat(followed).isNotNull();
            assertThat(house.files.status()).isEmpty();
            house.write(
                    "none/late.camel.yaml",
                    "- route:\n    from:\n      uri: direct:late\n      steps:\n        - to: log:late\n");
            await().until(() -> house.files.status().size() == 1);
        }
    }

    /** A component that listens on a port that is taken; sending goes nowhere. */
    @Test
    void aMistakeInTheActionsFileIsBrokenAndTheLastGoodVersionRunsOn() throws Exception {
        Path file = lights();
        Path actions = file.resolveSibling("actions.yaml");
        Files.writeString(actions, "light_on: fly\n");
        house.files.load(file);
        assertThat(sentence(file, State.BROKEN)).contains(actions.toString(), "'fly'", "light_off");
        assertLastGoodRunsOn(file);
    }

    @Test
    void aDeviceThatDoesNotAnswerYetIsWaitedForAndTriedAgain() {
        SleepyActuator sleepy = new SleepyActuator();
        house.plugins.add(sleepy, "test");
        Path file = house.route("sleepy", SENSE, INFER, DECIDE, "act:sleepy?actions=actions.yaml");
        house.files.load(file);
        assertThat(sentence(file, State.WAITING))
                .isEqualTo(
                        file
                                + ": the device sleeps; wake it (it is tried again every few"
                                + " seconds)");
        house.files.retryWaiting();
        assertThat(sentence(file, State.WAITING)).contains("the device sleeps");
        sleepy.awake = true;
        house.files.retryWaiting();
        assertThat(sentence(file, State.RUNNING)).isEmpty();
    }

    @Test
    void aBrokenFileIsNotTriedAgainEveryFewSeconds() {
        Path file = house.route("off", SENSE, INFER, DECIDE, "act:recording?no-such=1");
        house.files.load(file);
        assertThat(sentence(file, State.BROKEN)).contains("no-such");
        int news = house.news.size();
        house.files.retryWaiting();
        assertThat(house.news).hasSize(news);
    }

    /** A recording actuator whose device answers only once it is awake. */
    private static final class SleepyActuator implements dev.ganglion.api.act.Actuator {
        private final dev.ganglion.testkit.toy.RecordingActuator real =
                new dev.ganglion.testkit.toy.RecordingActuator();
        private boolean awake;

        @Override
        public String name() {
            return "sleepy";
        }

        @Override
        public List<dev.ganglion.api.data.Parameter> options() {
            return real.options();
        }

        @Override
        public List<dev.ganglion.api.act.ActionSpec> actions(
                dev.ganglion.api.data.Options options) {
            return real.actions(options);
        }

        @Override
        public Device open(dev.ganglion.api.data.Options options) {
            if (!awake) {
                throw new dev.ganglion.api.data.GanglionException(
                        dev.ganglion.api.data.GanglionException.Kind.RETRY,
                        "the device sleeps; wake it");
            }
            return real.open(options);
        }
    }

    private static final class BusyComponent extends DefaultComponent {
        @Override
        protected Endpoint createEndpoint(
                String uri, String remaining, Map<String, Object> parameters) {
            return new DefaultEndpoint(uri, this) {
                @Override
                public Producer createProducer() {
                    return new org.apache.camel.support.DefaultProducer(this) {
                        @Override
                        public void process(org.apache.camel.Exchange exchange) {}
                    };
                }

                @Override
                public Consumer createConsumer(Processor processor) {
                    return new DefaultConsumer(this, processor) {
                        @Override
                        protected void doStart() throws Exception {
                            throw new BindException("Address already in use: " + remaining);
                        }
                    };
                }
            };
        }
    }
}
