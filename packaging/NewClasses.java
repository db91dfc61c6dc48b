import java.io.FileOutputStream;
import java.io.IOException;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassHierarchyResolver;
import java.lang.classfile.ClassTransform;
import java.lang.classfile.CodeTransform;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import java.util.zip.ZipOutputStream;

// Writes a jar's classes anew, as of Java 8. What was compiled for an older one has no stack maps (JVMS section 4.7.4),
// without which the virtual machine keeps no class in its ahead-of-time cache.
//
//     java NewClasses.java OLD.jar NEW.jar

private static final int MAJOR = 7;         // of a class file's octets, the lower one of its version

void main(String[] jars) throws IOException {
    var classes = new URLClassLoader(new URL[] {Path.of(jars[0]).toUri().toURL()});
    var format = ClassFile.of(ClassFile.StackMapsOption.GENERATE_STACK_MAPS,
            ClassFile.ClassHierarchyResolverOption.of(ClassHierarchyResolver.ofClassLoading(classes)));
    var newer = ClassTransform.transformingMethodBodies(CodeTransform.ACCEPT_ALL)
            .andThen(ClassTransform.endHandler(each -> each.withVersion(ClassFile.JAVA_8_VERSION, 0)));
    try (var old = new ZipFile(jars[0]); var out = new ZipOutputStream(new FileOutputStream(jars[1]))) {
        for (ZipEntry each : old.stream().toList()) {
            byte[] octets = old.getInputStream(each).readAllBytes();
            if (each.getName().endsWith(".class") && octets[MAJOR] < ClassFile.JAVA_6_VERSION) {
                octets = format.transformClass(format.parse(octets), newer);
            }
            out.putNextEntry(new ZipEntry(each.getName()));
            out.write(octets);
        }
    }
}
