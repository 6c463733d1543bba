using System.Xml.Linq;

namespace Toolkit.Samples.Figures;

/// <summary>The libraries and what they are built on, from their project files.</summary>
internal static class ProjectMap
{
    private static readonly (string Path, string[] Lines, string Color)[] Projects =
    [
        ("packages/Tool/Tool.csproj", ["the command line tool:", "train, score, inspect, convert"], "#7a4a1e"),
        ("MLNetIntegration/Tables/Tables.csproj", ["CSV and Parquet tables", "larger than memory"], "#8c2d2d"),
        ("MLNetIntegration/MLNetIntegration.csproj", ["ML.NET: estimators,", "scoring in batches"], "#8c2d2d"),
        ("Modeling/Imaging/Imaging.csproj", ["folders of pictures"], "#2f6b3a"),
        ("Modeling/Mpi/Mpi.csproj", ["training by several", "processes"], "#2f6b3a"),
        ("Modeling/Modeling.csproj", ["layers, losses, optimizers,", "training, data, checkpoints"], "#2f6b3a"),
        ("OnnxExport/OnnxExport.csproj", ["export, import, check,", "sessions of ONNX Runtime"], "#5a3a7e"),
        ("Autograd/Autograd.csproj", ["tensors, graph, operations, gradients,", "compiler, kernels"], "#2c5f9e"),
    ];

    /// <summary>Draws the libraries of a repository: an arrow goes to what a library uses. What follows from other arrows is left out.</summary>
    /// <param name="root">The folder of the repository.</param>
    public static string Draw(string root)
    {
        Dictionary<string, HashSet<string>> used = Projects.ToDictionary(project => project.Path, project => Used(root, project.Path));
        Arrow[] arrows =
        [
            .. from project in Projects.Index()
               from other in Projects.Index()
               where used[project.Item.Path].Contains(other.Item.Path) && !used[project.Item.Path].Any(between => between != other.Item.Path && used[between].Contains(other.Item.Path))
               select new Arrow(project.Index, other.Index),
        ];
        return LayeredDrawing.Draw([.. Projects.Select(project => new Box(Path.GetFileNameWithoutExtension(project.Path), project.Lines, project.Color))], arrows);
    }

    /// <summary>What a project uses, and what that uses.</summary>
    private static HashSet<string> Used(string root, string project)
    {
        string file = Path.Combine(root, project);
        string[] direct =
        [
            .. XDocument.Load(file).Descendants("ProjectReference").Select(reference => (string)reference.Attribute("Include")!)
                .Select(path => Path.GetRelativePath(Path.GetFullPath(root), Path.GetFullPath(Path.Combine(Path.GetDirectoryName(file)!, path))).Replace('\\', '/')),
        ];
        return [.. direct, .. direct.SelectMany(path => Used(root, path))];
    }
}
