using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations;
using Toolkit.Autograd.Tensors;
using Toolkit.Autograd.Tests.Operations;
using Toolkit.OnnxExport.Export;

namespace Toolkit.OnnxExport.Tests;

/// <summary>Files outside the test project.</summary>
internal static class SharedFiles
{
    /// <summary>The root of the repository.</summary>
    public static string Root { get; } = FindRoot();

    private static readonly Lazy<string> Written = new(Write);

    /// <summary>Every .onnx file of the folder of shared material beside the repository (models and test data of other projects), sorted; where there is none, the
    /// examples of every operation, written in every operator set.</summary>
    public static string[] Models()
    {
        string folder = Path.Combine(Root, "..", "shared", "onnx");
        string[] models = Directory.GetFiles(Directory.Exists(folder) ? folder : Written.Value, "*.onnx", SearchOption.AllDirectories);
        Array.Sort(models, StringComparer.Ordinal);
        return models;
    }

    private static string Write()
    {
        string folder = Directory.CreateDirectory(Path.Combine(AppContext.BaseDirectory, "written-models")).FullName;
        foreach (RegisteredOperation operation in OperationRegistry.All)
        {
            int number = 0;
            foreach (OperationExample example in operation.Examples)
            {
                for (int opset = Math.Max(example.Opset, OnnxExportOptions.OldestOpset); opset <= OnnxExportOptions.NewestOpset; opset++)
                {
                    Variable[] arguments = ExampleValues.Variables(example, DType.Float32);
                    var signature = new Signature(ExampleValues.Inputs(arguments), [.. example.Operation.ApplyAll(arguments).Select((r, i) => new Output($"y{i}", r))], name: operation.Name);
                    File.WriteAllBytes(
                        Path.Combine(folder, $"{operation.Name}-{number++}-{opset}.onnx"), OnnxExporter.Export(signature, new OnnxExportOptions { Opset = opset }));
                }
            }
        }

        return folder;
    }

    /// <summary>Whether one of the models of other programs is there.</summary>
    public static bool HasModel(string name) => File.Exists(Model(name));

    /// <summary>The path of one of the models of other programs.</summary>
    public static string Model(string name) => Path.Combine(Root, "..", "shared", "onnx", "models", name);

    private static string FindRoot()
    {
        string? root = AppContext.BaseDirectory;
        while (root is not null && !File.Exists(Path.Combine(root, "Toolkit.sln")))
        {
            root = Path.GetDirectoryName(root);
        }

        return root ?? throw new InvalidOperationException("The tests must run inside the repository: Toolkit.sln was not found.");
    }
}
