package dev.ganglion.binding;

import static dev.ganglion.binding.Fixtures.assertSetup;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.lang.ref.Reference;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NativesTest {
    private static final Machine MACHINE =
            new Machine("linux", "x86_64", "glibc", "2.36", Set.of("sse2"));
    private static final String HELLO =
            "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824";

    @TempDir Path folder;
    private Path jar;
    private URLClassLoader loader;

    @BeforeEach
    void carry() throws IOException {
        System.setProperty(Natives.VAR_PROPERTY, folder.resolve("var").toString());
        jar = Files.createDirectories(folder.resolve("jar/some/where/linux_x86_64"));
        loader = new URLClassLoader(new URL[] {folder.resolve("jar").toUri().toURL()}, null);
        Files.writeString(jar.resolve("libhello.so"), "hello");
        content("glibc 2.17", "feature sse2", "file " + HELLO + " libhello.so");
    }

    @AfterEach
    void forget() throws IOException {
        System.clearProperty(Natives.VAR_PROPERTY);
        System.clearProperty(Natives.FOLDER_PROPERTY);
        loader.close();
    }

    private void content(String... lines) throws IOException {
        Files.writeString(
                jar.resolve("CONTENT"), "# a comment\n" + String.join("\n", lines) + "\n");
    }

    private Path find(Machine machine) {
        return Natives.folder("hello", loader, "some/where", machine);
    }

    @Test
    void nativesOfAJarAreUnpackedOnceIntoAFolderNamedByTheirContent() throws IOException {
        Path found = find(MACHINE);
        assertThat(found).isAbsolute().hasParent(folder.resolve("var/natives").toRealPath());
        assertThat(found.getFileName().toString()).matches("hello-[0-9a-f]{16}");
        assertThat(found.resolve("libhello.so")).hasContent("hello");
        Files.delete(jar.resolve("libhello.so"));
        assertThat(find(MACHINE)).isEqualTo(found);
        content("glibc 2.18", "file " + HELLO + " libhello.so");
        Files.writeString(jar.resolve("libhello.so"), "hello");
        assertThat(find(MACHINE)).isNotEqualTo(found).isDirectory();
        try (Stream<Path> all = Files.list(folder.resolve("var/natives"))) {
            assertThat(all).hasSize(2);
        }
    }

    @Test
    void anUnpackedFolderThatLostAFileIsMadeAgain() throws IOException {
        Path found = find(MACHINE);
        Files.delete(found.resolve("libhello.so"));
        assertThat(find(MACHINE)).isEqualTo(found);
        assertThat(found.resolve("libhello.so")).hasContent("hello");
    }

    @Test
    void anUnpackedFileThatWasCutOffIsMadeAgain() throws IOException {
        Path found = find(MACHINE);
        Files.writeString(found.resolve("libhello.so"), "");
        assertThat(find(MACHINE)).isEqualTo(found);
        assertThat(found.resolve("libhello.so")).hasContent("hello");
    }

    @Test
    void aFolderThatThisProcessDidNotUnpackIsTakenOnlyWithTheRightContent() throws IOException {
        String name = find(MACHINE).getFileName().toString();
        Path other = Files.createDirectories(folder.resolve("other/natives").resolve(name));
        Files.writeString(other.resolve("libhello.so"), "\0\0\0\0\0");
        System.setProperty(Natives.VAR_PROPERTY, folder.resolve("other").toString());
        assertThat(find(MACHINE).resolve("libhello.so")).hasContent("hello");

        Path whole = Files.createDirectories(folder.resolve("whole/natives").resolve(name));
        Files.writeString(whole.resolve("libhello.so"), "hello");
        Files.delete(jar.resolve("libhello.so"));
        System.setProperty(Natives.VAR_PROPERTY, folder.resolve("whole").toString());
        assertThat(find(MACHINE)).isEqualTo(whole.toRealPath());
    }

    @Test
    void whatAnotherProcessBeganMoreThanADayAgoIsRemoved() throws IOException {
        Path natives = Files.createDirectories(folder.resolve("var/natives"));
        Instant longAgo = Instant.now().minus(Duration.ofHours(25));
        List<Path> made = new ArrayList<>();
        for (String name :
                List.of(
                        "old-0123456789abcdef.part17",
                        "old-0123456789abcdef",
                        "notes.part17",
                        "new-0123456789abcdef.part17")) {
            Path each = Files.createDirectories(natives.resolve(name));
            Files.writeString(each.resolve("libx.so"), "x");
            if (!name.startsWith("new")) {
                Files.setLastModifiedTime(each, FileTime.from(longAgo));
            }
            made.add(each);
        }
        find(MACHINE);
        assertThat(made.get(0)).doesNotExist();
        assertThat(made.subList(1, 4)).allMatch(Files::isDirectory);
    }

    @Test
    void foldersBehindSymbolicLinksAreGivenAsTheyAreMapped() throws IOException {
        Path real = Files.createDirectories(folder.resolve("version-1")).toRealPath();
        Path link = Files.createSymbolicLink(folder.resolve("current"), real);
        System.setProperty(Natives.VAR_PROPERTY, link.resolve("var").toString());
        assertThat(find(MACHINE)).hasParent(real.resolve("var/natives"));

        Path own = Files.createDirectories(real.resolve("natives/linux-x86_64/hello"));
        Files.copy(jar.resolve("CONTENT"), own.resolve("CONTENT"));
        Files.copy(jar.resolve("libhello.so"), own.resolve("libhello.so"));
        System.setProperty(Natives.FOLDER_PROPERTY, link.resolve("natives").toString());
        assertThat(find(MACHINE)).isEqualTo(own);
    }

    @Test
    void unpackedNativesAreReadInTheirPlace() throws IOException {
        Path own = Files.createDirectories(folder.resolve("natives/linux-x86_64/hello"));
        Files.copy(jar.resolve("CONTENT"), own.resolve("CONTENT"));
        Files.copy(jar.resolve("libhello.so"), own.resolve("libhello.so"));
        System.setProperty(Natives.FOLDER_PROPERTY, folder.resolve("natives").toString());
        assertThat(find(MACHINE)).isEqualTo(own.toRealPath());
        assertThat(folder.resolve("var")).doesNotExist();
        Files.delete(own.resolve("libhello.so"));
        assertSetup(() -> find(MACHINE))
                .hasMessageContaining(own.resolve("libhello.so") + " is missing");
        Files.delete(own.resolve("CONTENT"));
        assertThat(find(MACHINE)).startsWith(folder.resolve("var"));
    }

    @Test
    void aFileOfAnotherContentIsRefusedAndNothingIsLeft() throws IOException {
        Files.writeString(jar.resolve("libhello.so"), "hallo");
        assertSetup(() -> find(MACHINE))
                .hasMessageContaining("libhello.so of its jar has the SHA-256 d3751d33")
                .hasMessageContaining("expected " + HELLO);
        Files.delete(jar.resolve("libhello.so"));
        assertSetup(() -> find(MACHINE)).hasMessageContaining("the SHA-256 nothing");
        try (Stream<Path> all = Files.list(folder.resolve("var/natives"))) {
            assertThat(all).isEmpty();
        }
    }

    @Test
    void aPlatformWithoutNativesIsRefusedAndThoseThatExistAreListed() {
        Machine other = new Machine("linux", "riscv64", "glibc", "2.36", Set.of());
        assertSetup(() -> find(other))
                .hasMessageContaining("no natives of hello for linux-riscv64")
                .hasMessageContaining("which has: linux-x86_64;");
        assertSetup(() -> Natives.folder("hello", null, "some/where", MACHINE))
                .hasMessageContaining("which has: none, or is not here");
    }

    @Test
    void aMachineThatCannotRunThemIsRefusedBeforeAnythingIsUnpacked() throws IOException {
        content("glibc 2.40", "file " + HELLO + " libhello.so");
        assertSetup(() -> find(MACHINE))
                .hasMessageContaining("the native library hello cannot run here")
                .hasMessageContaining("expected glibc 2.40 or newer, found glibc 2.36");
        content("glibc 2.17", "feature avx2", "file " + HELLO + " libhello.so");
        assertSetup(() -> find(MACHINE))
                .hasMessageContaining("found one without avx2 (it has: sse2)");
        assertThat(folder.resolve("var")).doesNotExist();
    }

    @Test
    void aFolderThatCannotBeWrittenIsToldWithTheRemedy() throws IOException {
        Files.writeString(folder.resolve("var"), "in the way");
        assertSetup(() -> find(MACHINE)).hasMessageContaining("-Dganglion.var=<folder>");
    }

    @Test
    void cSeesAVariableThatWasSet() {
        Natives.setEnvironment("GANGLION_BINDING_TEST", "1 and more");
        CMemory name = CMemory.ofText("GANGLION_BINDING_TEST");
        CFunction get =
                CLibrary.standard().function("getenv", CType.POINTER, List.of(CType.POINTER));
        assertThat(CMemory.text(get.call(name.address()))).isEqualTo("1 and more");
        Reference.reachabilityFence(name);
        assertThatThrownBy(() -> Natives.setEnvironment("A=B", "1"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("found 'A=B'");
    }
}
