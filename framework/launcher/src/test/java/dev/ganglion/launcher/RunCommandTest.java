package dev.ganglion.launcher;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RunCommandTest {
    @TempDir Path folder;

    private Path route(String content) throws IOException {
        return Files.writeString(folder.resolve("a.camel.yaml"), content);
    }

    @Test
    void aPlaceholderOfTheRouteIsSet() throws IOException {
        Path route = route("uri: sense:text?path={{input:commands.txt}}&x={{above}}");
        assertThat(RunCommand.checked(List.of(route), Map.of("above", "0.7", "input", "-")))
                .containsExactlyInAnyOrderEntriesOf(Map.of("above", "0.7", "input", "-"));
    }

    @Test
    void aValueThatNamesAFileBecomesAbsolute() throws IOException {
        Path route = route("{{input}}");
        Path file = Files.writeString(folder.resolve("lines.txt"), "");
        Path here = Path.of("").toAbsolutePath();
        Map<String, String> set =
                RunCommand.checked(
                        List.of(route), Map.of("input", here.relativize(file).toString()));
        assertThat(set).containsEntry("input", file.toString());
    }

    @Test
    void aNameWithoutSlashOrDotStaysEvenIfAFolderHasIt() throws IOException {
        Path route = route("infer:{{model}}");
        assertThat(RunCommand.checked(List.of(route), Map.of("model", "src")))
                .containsEntry("model", "src");
    }

    @Test
    void anUnknownPlaceholderIsRefusedWithThoseThatExist() throws IOException {
        Path route = route("{{input:commands.txt}} {{above}}");
        assertThatThrownBy(() -> RunCommand.checked(List.of(route), Map.of("inptu", "x")))
                .hasMessage(
                        "--set inptu: the route has no such placeholder; it has: above, input"
                                + " (default commands.txt)");
    }

    @Test
    void anUnknownPlaceholderOfARouteWithoutAnyIsRefused() throws IOException {
        Path route = route("uri: sense:text");
        assertThatThrownBy(() -> RunCommand.checked(List.of(route), Map.of("input", "x")))
                .hasMessage("--set input: the route has no such placeholder; it has none");
    }

    @Test
    void routeFilesOfAFolderAreFoundInItsFoldersToo() throws IOException {
        Path one = Files.writeString(folder.resolve("one.camel.xml"), "");
        Path two = Files.createDirectory(folder.resolve("two")).resolve("route.camel.yaml");
        Files.writeString(two, "");
        Files.writeString(folder.resolve("actions.yaml"), "");
        assertThat(RunCommand.routeFiles(folder)).containsExactly(one, two);
    }

    @Test
    void aMissingRouteIsRefusedWithWhatIsThere() throws IOException {
        route("");
        assertThatThrownBy(() -> RunCommand.routeFiles(folder.resolve("b.camel.yaml")))
                .isInstanceOf(IOException.class)
                .hasMessage(
                        "there is no route file or folder %s/b.camel.yaml; %s has: a.camel.yaml",
                        folder, folder);
    }

    @Test
    void anotherFileIsRefused() throws IOException {
        Path file = Files.writeString(folder.resolve("commands.txt"), "");
        assertThatThrownBy(() -> RunCommand.routeFiles(file))
                .hasMessage(
                        "%s is no route file: its name must end in .camel.yaml or .camel.xml",
                        file);
    }

    @Test
    void aFolderWithoutRoutesIsRefused() {
        assertThatThrownBy(() -> RunCommand.routeFiles(folder))
                .hasMessage(
                        "there is no route file in %s; expected one whose name ends in .camel.yaml"
                                + " or .camel.xml",
                        folder);
    }
}
