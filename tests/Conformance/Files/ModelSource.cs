using System.IO.Compression;
using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;

namespace Toolkit.Conformance.Files;

/// <summary>A model file of another program.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Bytes">Its content.</param>
internal sealed record ModelSource(string Name, byte[] Bytes)
{
    private const string Extension = ".onnx";

    /// <summary>The models that paths name: .onnx files, folders of them, and NuGet packages that hold some, as files or as resources of their libraries. Equal ones once.</summary>
    /// <param name="paths">The paths.</param>
    /// <exception cref="FileNotFoundException">There is nothing at a path.</exception>
    public static IEnumerable<ModelSource> Find(IEnumerable<string> paths) => paths.SelectMany(Find).DistinctBy(source => Convert.ToHexString(System.Security.Cryptography.SHA256.HashData(source.Bytes)));

    private static IEnumerable<ModelSource> Find(string path)
    {
        if (Directory.Exists(path))
        {
            return Directory.GetFiles(path, "*" + Extension, SearchOption.AllDirectories).Order(StringComparer.Ordinal).Select(file => new ModelSource(Path.GetFileName(file), File.ReadAllBytes(file)));
        }

        if (!File.Exists(path))
            throw new FileNotFoundException($"Expected an .onnx file, a folder or a NuGet package at \"{path}\", found nothing.", path);
        return path.EndsWith(".nupkg", StringComparison.Ordinal) ? InPackage(path) : [new ModelSource(Path.GetFileName(path), File.ReadAllBytes(path))];
    }

    private static IEnumerable<ModelSource> InPackage(string path)
    {
        using ZipArchive package = ZipFile.OpenRead(path);
        foreach (ZipArchiveEntry entry in package.Entries)
        {
            if (entry.Name.EndsWith(Extension, StringComparison.Ordinal))
                yield return new ModelSource(entry.Name, Content(entry));
            if (!entry.Name.EndsWith(".dll", StringComparison.Ordinal))
                continue;
            foreach (ModelSource resource in InLibrary(Content(entry)))
                yield return resource;
        }
    }

    private static byte[] Content(ZipArchiveEntry entry)
    {
        using Stream stream = entry.Open();
        var content = new byte[entry.Length];
        stream.ReadExactly(content);
        return content;
    }

    private static List<ModelSource> InLibrary(byte[] library)
    {
        using var image = new PEReader(new MemoryStream(library));
        var found = new List<ModelSource>();
        if (!image.HasMetadata)
            return found;
        MetadataReader metadata = image.GetMetadataReader();
        foreach (ManifestResource resource in metadata.ManifestResources.Select(metadata.GetManifestResource))
        {
            string name = metadata.GetString(resource.Name);
            if (!resource.Implementation.IsNil || !name.EndsWith(Extension, StringComparison.Ordinal))
                continue;
            BlobReader content = image.GetSectionData(image.PEHeaders.CorHeader!.ResourcesDirectory.RelativeVirtualAddress).GetReader();
            content.Offset = checked((int)resource.Offset);
            found.Add(new ModelSource(name, content.ReadBytes(content.ReadInt32())));
        }

        return found;
    }
}
