using System.IO.Compression;
using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;

namespace Toolkit.Samples.FineTune.Studies;

/// <summary>The files that a NuGet package holds, by themselves or as resources of its libraries, without a project that refers to it.</summary>
internal static class PackageFiles
{
    /// <summary>The files with an extension.</summary>
    /// <param name="package">The path of a .nupkg file.</param>
    /// <param name="extension">The extension, such as ".onnx".</param>
    public static IEnumerable<(string Name, byte[] Content)> Find(string package, string extension)
    {
        using ZipArchive archive = ZipFile.OpenRead(package);
        foreach (ZipArchiveEntry entry in archive.Entries)
        {
            if (entry.Name.EndsWith(extension, StringComparison.Ordinal))
                yield return (entry.Name, Content(entry));
            if (!entry.Name.EndsWith(".dll", StringComparison.Ordinal))
                continue;
            foreach ((string, byte[]) resource in Resources(Content(entry), extension))
                yield return resource;
        }
    }

    /// <summary>The content of a file, or of the one file of its extension in a package.</summary>
    /// <param name="path">The file, or a .nupkg file.</param>
    /// <param name="ending">How the name of what is looked for in a package ends.</param>
    /// <exception cref="FileNotFoundException">The package holds none.</exception>
    public static byte[] Read(string path, string ending) => !path.EndsWith(".nupkg", StringComparison.Ordinal)
        ? File.ReadAllBytes(path)
        : Find(path, ending).Select(found => found.Content).FirstOrDefault() ?? throw new FileNotFoundException($"Expected a package with a file whose name ends with \"{ending}\", found none in \"{path}\".", path);

    private static byte[] Content(ZipArchiveEntry entry)
    {
        using Stream stream = entry.Open();
        var content = new byte[entry.Length];
        stream.ReadExactly(content);
        return content;
    }

    private static List<(string Name, byte[] Content)> Resources(byte[] library, string extension)
    {
        using var image = new PEReader(new MemoryStream(library));
        var found = new List<(string, byte[])>();
        if (!image.HasMetadata)
            return found;
        MetadataReader metadata = image.GetMetadataReader();
        foreach (ManifestResource resource in metadata.ManifestResources.Select(metadata.GetManifestResource))
        {
            string name = metadata.GetString(resource.Name);
            if (!resource.Implementation.IsNil || !name.EndsWith(extension, StringComparison.Ordinal))
                continue;
            BlobReader content = image.GetSectionData(image.PEHeaders.CorHeader!.ResourcesDirectory.RelativeVirtualAddress).GetReader();
            content.Offset = checked((int)resource.Offset);
            found.Add((name, content.ReadBytes(content.ReadInt32())));
        }

        return found;
    }
}
