namespace Toolkit.OnnxExport.Export;

/// <summary>How <see cref="TrainingStepExporter.ExportTrainingFiles"/> writes a training.</summary>
public sealed record TrainingFilesOptions
{
    /// <summary>How each file is written; by default with the operator set <see cref="TrainingStepExporter.Opset"/>.</summary>
    public OnnxExportOptions Onnx { get; init; } = new() { Opset = TrainingStepExporter.Opset };

    /// <summary>
    /// Whether inputs and outputs have at most 32 bits an element: int64 is given and returned as int32, uint64 as uint32, float64 as float32, for languages to which the wide
    /// types are foreign. Inside nothing changes; counts of steps must stay below 2³¹, of random numbers below 2³². False by default.
    /// </summary>
    public bool NarrowEdges { get; init; }

    /// <summary>
    /// Whether the files do without what WebGPU has no kernels for, where that is possible: numbers are float32 instead of float64, inside as well, edges are narrow
    /// (<see cref="NarrowEdges"/>), and the gradient of a maximum pooling finds its places by comparison instead of by the positions of <c>MaxPool</c>. Rates and corrections are then rounded to float32. False by default.
    /// </summary>
    public bool ForWebGpu { get; init; }
}
