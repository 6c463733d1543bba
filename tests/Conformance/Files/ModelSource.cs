using Toolkit.Samples.FineTune.Studies;

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
        return path.EndsWith(".nupkg", StringComparison.Ordinal) ? PackageFiles.Find(path, Extension).Select(found => new ModelSource(found.Name, found.Content)) : [new ModelSource(Path.GetFileName(path), File.ReadAllBytes(path))];
    }
}
