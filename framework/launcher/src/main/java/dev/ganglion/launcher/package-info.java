/**
 * The command line {@code ganglion}, outside of the container.
 *
 * <p>{@link dev.ganglion.launcher.Main} reads the command. {@link dev.ganglion.launcher.Container}
 * starts Felix on the folder of an image: {@code system/<start level>/*.jar}, {@code models},
 * {@code etc}, {@code bundles}. The commands talk to what runs inside in JDK types only; {@link
 * dev.ganglion.launcher.RunReport} counts and prints what it tells.
 *
 * <p>A container that runs routes is the only one on its {@code var} ({@link
 * dev.ganglion.launcher.ContainerLock}) and answers there ({@link
 * dev.ganglion.launcher.ControlSocket}) what a second terminal asks ({@link
 * dev.ganglion.launcher.AskingCommand}).
 */
@NullMarked
package dev.ganglion.launcher;

import org.jspecify.annotations.NullMarked;
