namespace Toolkit.OnnxExport.Checking;

/// <summary>An operator of a model.</summary>
/// <param name="Domain">Its domain; "ai.onnx" is the standard's.</param>
/// <param name="Name">Its name, such as "Conv".</param>
/// <param name="Count">How many nodes it has.</param>
public sealed record OnnxOperator(string Domain, string Name, int Count);
