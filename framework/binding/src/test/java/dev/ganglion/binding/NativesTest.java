package dev.ganglion.binding;

import static dev.ganglion.binding.Fixtures.assertSetup;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
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
        assertThat(found).isAbsolute().hasParent(folder.resolve("var/natives").toAbsolutePath());
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
    void unpackedNativesAreReadInTheirPlace() throws IOException {
        Path own = Files.createDirectories(folder.resolve("natives/linux-x86_64/hello"));
        Files.copy(jar.resolve("CONTENT"), own.resolve("CONTENT"));
        Files.copy(jar.resolve("libhello.so"), own.resolve("libhello.so"));
        System.setProperty(Natives.FOLDER_PROPERTY, folder.resolve("natives").toString());
        assertThat(find(MACHINE)).isEqualTo(own.toAbsolutePath());
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
        assertThatThrownBy(() -> Natives.setEnvironment("A=B", "1"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("found 'A=B'");
    }
}
