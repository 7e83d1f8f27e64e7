package dev.ganglion.camel.osgi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.InstanceOfAssertFactories.LIST;
import static org.assertj.core.api.InstanceOfAssertFactories.MAP;

import dev.ganglion.camel.route.RouteFiles;
import dev.ganglion.camel.route.RouteFiles.State;
import dev.ganglion.camel.route.WhySlow;
import dev.ganglion.camel.word.Words;
import dev.ganglion.runtime.model.ModelHost;
import dev.ganglion.runtime.model.ModelStore;
import dev.ganglion.runtime.plugin.Plugins;
import dev.ganglion.runtime.report.Slowest;
import dev.ganglion.runtime.report.Statistics;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ControlTest {
    private static final Path GOOD = Path.of("/r/good.camel.yaml");
    private static final Path BAD = Path.of("/r/bad.camel.yaml");

    private final Plugins plugins = new Plugins();
    private final Statistics statistics = new Statistics();
    private final ModelHost host = new ModelHost(new ModelStore(Path.of("/r")), plugins, 1000);
    private final WhySlow whySlow =
            new WhySlow(new Words(plugins, host), host, statistics, new Slowest());
    private final List<RouteFiles.Status> files = new ArrayList<>();
    private Map<String, Object> models =
            Map.of(
                    "ok",
                    true,
                    "models",
                    List.of(
                            Map.of("name", "a", "state", "serving"),
                            Map.of("name", "b", "state", "installed")));
    private String problem = "";

    private Map<String, Object> asked(String command) {
        Function<Map<String, Object>, Map<String, Object>> ofModels =
                request ->
                        "model.list".equals(request.get("command"))
                                ? models
                                : Map.of("ok", false, "sentence", "no " + request);
        return new Control(plugins, ofModels, statistics, whySlow, () -> files, () -> problem)
                .apply(Map.of("command", command));
    }

    @AfterEach
    void close() {
        host.close();
    }

    private void file(Path file, State state, String sentence, String... routes) {
        files.add(new RouteFiles.Status(file, state, sentence, List.of(routes)));
    }

    @Test
    void anUnknownCommandIsRefusedWithThoseThatExist() {
        assertThat(asked("tpo"))
                .containsEntry("ok", false)
                .containsEntry(
                        "sentence",
                        "there is no command 'tpo'; there are: top, why-slow, plugin.list, route.list, and"
                                + " those of models, such as model.list");
    }

    @Test
    void aRequestWithoutACommandIsRefused() {
        assertThat(
                        new Control(
                                        plugins,
                                        request -> models,
                                        statistics,
                                        whySlow,
                                        () -> files,
                                        () -> problem)
                                .apply(Map.of()))
                .containsEntry("ok", false);
    }

    @Test
    void whatIsAboutModelsIsPassedOn() {
        assertThat(asked("model.list")).isEqualTo(models);
        assertThat(asked("model.swap"))
                .containsEntry("ok", false)
                .containsEntry("sentence", "no {command=model.swap}");
    }

    @Test
    void topHasTheModelsInMemoryAndWhatTheProcessTakes() {
        Map<String, Object> top = asked("top");
        assertThat(top)
                .containsEntry("ok", true)
                .containsEntry("models", List.of(Map.of("name", "a", "state", "serving")));
        assertThat((long) top.get("rssBytes")).isPositive();
        assertThat((long) top.get("uptimeMillis")).isNotNegative();
    }

    @Test
    void topIsRefusedWhenTheModelsCannotBeTold() {
        models = refused("the folder is gone");
        assertThat(asked("top")).isEqualTo(models);
    }

    private static Map<String, Object> refused(String sentence) {
        return Map.of("ok", false, "sentence", sentence);
    }

    @Test
    void eachRouteHasItsFiguresAndAFileWithoutRoutesIsThereToo() {
        file(GOOD, State.RUNNING, "", "one", "two");
        file(BAD, State.BROKEN, BAD + ":3: this is no route");
        statistics.failed("two", "stream", 1, "no");
        assertThat(asked("top").get("routes"))
                .asInstanceOf(LIST)
                .satisfiesExactly(
                        one ->
                                assertThat(one)
                                        .asInstanceOf(MAP)
                                        .containsEntry("route", "one")
                                        .containsEntry("state", "running")
                                        .containsEntry("messages", 0L)
                                        .containsEntry("microsP50", Map.of()),
                        two ->
                                assertThat(two)
                                        .asInstanceOf(MAP)
                                        .containsEntry("messages", 1L)
                                        .containsEntry("failed", 1L)
                                        .containsEntry("perSecond", 1.0)
                                        .containsKeys("microsP50", "microsP99"),
                        broken ->
                                assertThat(broken)
                                        .asInstanceOf(MAP)
                                        .containsEntry("route", "")
                                        .containsEntry("file", BAD.toString())
                                        .containsEntry("state", "broken")
                                        .containsEntry("sentence", BAD + ":3: this is no route"));
    }

    @Test
    void whyARouteIsSlowIsAskedOfThoseThatRun() {
        file(GOOD, State.RUNNING, "", "one", "two");
        assertThat(asked("why-slow"))
                .containsEntry("ok", false)
                .containsEntry("sentence", "no route '' runs; there are: one, two");
    }

    @Test
    void onlyAFileThatWaitsWaitsForSomething() {
        file(GOOD, State.RUNNING, "", "one");
        file(BAD, State.BROKEN, BAD + ": no");
        file(BAD, State.WAITING, BAD + " waits for the model 'x'");
        file(BAD, State.WAITING, BAD + ": the broker does not answer");
        file(BAD, State.WAITING, "something else");
        assertThat(asked("route.list").get("routes"))
                .asInstanceOf(LIST)
                .extracting("waitsFor")
                .containsExactly(
                        "", "", "the model 'x'", "the broker does not answer", "something else");
    }

    @Test
    void pluginsAreListedWithWhatIsWrong() {
        plugins.broken("vendor 1.0", "a lamp is missing");
        problem = "no route runs";
        assertThat(asked("plugin.list"))
                .containsEntry("plugins", List.of())
                .containsEntry("problems", List.of("a lamp is missing", "no route runs"));
    }
}
