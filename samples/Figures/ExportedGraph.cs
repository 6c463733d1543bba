using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations;
using Toolkit.Modeling;
using Toolkit.Modeling.Modules;
using Toolkit.OnnxExport.Export;
using Toolkit.OnnxExport.Import;

namespace Toolkit.Samples.Figures;

/// <summary>The graph of a small network as its file has it, drawn as a viewer lays it out.</summary>
internal static class ExportedGraph
{
    private static readonly Dictionary<string, string> Colors = new()
    {
        ["Conv"] = "#2c5f9e",
        ["Gemm"] = "#2c5f9e",
        ["MatMul"] = "#2c5f9e",
        ["Relu"] = "#8c2d2d",
        ["Softmax"] = "#8c2d2d",
        ["MaxPool"] = "#2f6b3a",
        ["BatchNormalization"] = "#1f5f5f",
    };

    /// <summary>Two convolutions, the second one beside a shortcut, then classes.</summary>
    public static string Draw()
    {
        var random = new RandomSource(1);
        var model = new Sequential(
            new Conv2D(1, 8, kernel: 3, random) { Activation = Ops.Relu, Padding = Padding.Same, Name = "stem" },
            new MaxPool2D(2) { Name = "halved" },
            new Residual(new Sequential(new Conv2D(8, 8, kernel: 3, random) { Padding = Padding.Same, Name = "conv" }, new BatchNormalization(8) { Name = "norm" })) { Name = "block" },
            new Flatten { Name = "flat" },
            new Dense(8 * 14 * 14, 10, random) { Activation = z => z.Softmax(), Name = "classes" })
        { InputShape = [1, 28, 28] };
        return Of(OnnxModel.Load(OnnxExporter.Export(model.Inference)).Inference);
    }

    /// <summary>A box for each input, node and output; the lines of a node are its layer and the parameters that it reads.</summary>
    public static string Of(Signature graph)
    {
        List<Box> boxes = [.. graph.Inputs.Select(input => new Box(input.Name!, [], "#444"))];
        List<Arrow> arrows = [];
        var places = new Dictionary<Variable, int>(ReferenceEqualityComparer.Instance);
        foreach ((int i, Variable input) in graph.Inputs.Index())
            places.Add(input, i);
        foreach (Node node in graph.Nodes)
        {
            Variable[] read = [.. node.Inputs.Where(input => input is not null)!];
            boxes.Add(new Box(
                node.Operation.Name, [node.Origin?.Name ?? "", .. read.Where(input => input.Parameter is not null).Select(input => $"{input.Parameter!.Name} {input.Shape}")],
                Colors.GetValueOrDefault(node.Operation.Name, "#555")));
            foreach (Variable input in read.Where(places.ContainsKey))
                arrows.Add(new Arrow(places[input], boxes.Count - 1, $"{input.Shape}"));
            foreach (Variable output in node.Outputs)
                places.Add(output, boxes.Count - 1);
        }

        foreach (Output output in graph.Outputs)
        {
            boxes.Add(new Box(output.Name, [], "#444"));
            arrows.Add(new Arrow(places[output.Variable], boxes.Count - 1, $"{output.Variable.Shape}"));
        }

        return LayeredDrawing.Draw(boxes, arrows);
    }
}
