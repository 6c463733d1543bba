namespace Toolkit.Conformance.Files;

/// <summary>What became of a file.</summary>
/// <param name="Name">The file.</param>
internal sealed record FileResult(string Name)
{
    /// <summary>The program that wrote it.</summary>
    public string Producer { get; set; } = "?";

    /// <summary>The version of the standard operator set.</summary>
    public long Opset { get; set; }

    /// <summary>The number of different operators, those of graphs within the graph among them.</summary>
    public int Operators { get; set; }

    /// <summary>The number of nodes, likewise.</summary>
    public int Nodes { get; set; }

    /// <summary>The number of learned numbers.</summary>
    public long Parameters { get; set; }

    /// <summary>The largest difference from ONNX Runtime, relative to the number or to the root mean square of its output, whichever is greater.</summary>
    public double Difference { get; set; } = double.NaN;

    /// <summary>By how much the loss fell in a step that takes a thousandth of it to first order, as a share of that.</summary>
    public double Descent { get; set; } = double.NaN;

    /// <summary>The largest difference from ONNX Runtime in that step: of the loss and the new parameters, the step being written as a file.</summary>
    public double StepDifference { get; set; } = double.NaN;

    /// <summary>The largest difference of the trained model, written as a file, in ONNX Runtime.</summary>
    public double TrainedDifference { get; set; } = double.NaN;

    /// <summary>Rows per second of the native engine; NaN if they were not measured.</summary>
    public double OwnRate { get; set; } = double.NaN;

    /// <summary>Rows per second of ONNX Runtime; NaN if they were not measured.</summary>
    public double RuntimeRate { get; set; } = double.NaN;

    /// <summary>What went wrong, first things first.</summary>
    public List<string> Failures { get; } = [];
}
