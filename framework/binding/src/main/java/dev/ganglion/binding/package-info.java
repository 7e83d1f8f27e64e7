/**
 * C libraries, from Java: by JNA before Java 22, by {@code java.lang.foreign} from then on, with
 * one surface.
 *
 * <h2>Before anything is loaded</h2>
 *
 * {@link dev.ganglion.binding.Natives} finds the files of a library or unpacks them into a folder
 * named by their content, and refuses where {@link dev.ganglion.binding.Machine} lacks what they
 * need.
 *
 * <h2>Calling</h2>
 *
 * A {@link dev.ganglion.binding.CLibrary} is opened by its absolute path, gives each {@link
 * dev.ganglion.binding.CFunction} by name, with its {@link dev.ganglion.binding.CType}s. All
 * arguments and results are {@code long}, so that nothing is boxed; structs are passed by the
 * address of {@link dev.ganglion.binding.CMemory}. A {@link dev.ganglion.binding.CCallback} is Java
 * that C calls.
 *
 * <h2>Two backends in one set of classes</h2>
 *
 * {@code java.lang.foreign} is reached by method handles that are looked up once. So the module is
 * compiled by the JDK that compiles the rest, there is no second copy of a class for another
 * version of Java, and whoever tests on one JDK has tested all of the code but one class.
 */
@Export
@Version("1.0.0")
@NullMarked
package dev.ganglion.binding;

import org.jspecify.annotations.NullMarked;
import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
