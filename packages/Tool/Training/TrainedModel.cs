using Toolkit.Modeling.Training;
using Toolkit.Tool.Data;

namespace Toolkit.Tool.Training;

/// <summary>A network after its training.</summary>
/// <param name="Onnx">The content of its .onnx file.</param>
/// <param name="Pipeline">The content of its ML.NET pipeline; null where there is none.</param>
/// <param name="Data">What it reads and gives.</param>
/// <param name="History">How it was trained.</param>
internal sealed record TrainedModel(byte[] Onnx, byte[]? Pipeline, ModelData Data, History History);
