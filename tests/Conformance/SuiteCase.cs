using System.Globalization;
using Toolkit.OnnxExport.Format;

namespace Toolkit.Conformance;

/// <summary>A folder with <c>model.onnx</c> and data sets <c>test_data_set_*</c>.</summary>
/// <param name="Folder">The folder.</param>
internal sealed record SuiteCase(string Folder)
{
    /// <summary>The name of the case: that of its folder.</summary>
    public string Name => Path.GetFileName(Folder);

    /// <summary>The suite: the name of the folder around.</summary>
    public string Suite => Path.GetFileName(Path.GetDirectoryName(Folder)!);

    /// <summary>The model's file.</summary>
    public string ModelFile => Path.Combine(Folder, "model.onnx");

    /// <summary>Every case below a folder, in the order of their names.</summary>
    public static SuiteCase[] Below(string folder) =>
    [
        .. Directory.EnumerateFiles(Path.GetFullPath(folder), "model.onnx", SearchOption.AllDirectories)
            .Select(file => new SuiteCase(Path.GetDirectoryName(file)!))
            .Where(found => found.DataSets.Any())
            .OrderBy(found => found.Folder, StringComparer.Ordinal),
    ];

    /// <summary>The folders of the data sets.</summary>
    public IEnumerable<string> DataSets => Directory.EnumerateDirectories(Folder, "test_data_set_*").Order(StringComparer.Ordinal);

    /// <summary>The model as it is in the file.</summary>
    public ModelProto ReadModel() => ModelProto.Parser.ParseFrom(File.ReadAllBytes(ModelFile));

    /// <summary>The numbers for each input of the graph, or what it should give at each output.</summary>
    /// <param name="dataSet">The folder of the data set.</param>
    /// <param name="prefix">"input" or "output".</param>
    /// <param name="values">The inputs or outputs of the graph.</param>
    public static Dictionary<string, Datum> Read(string dataSet, string prefix, IReadOnlyList<ValueInfoProto> values)
    {
        var read = new Dictionary<string, Datum>(StringComparer.Ordinal);
        for (int i = 0; i < values.Count; i++)
        {
            string file = Path.Combine(dataSet, string.Create(CultureInfo.InvariantCulture, $"{prefix}_{i}.pb"));
            if (File.Exists(file))
                read.Add(values[i].Name, TestData.Read(file, values[i].Type));
        }

        return read;
    }
}
