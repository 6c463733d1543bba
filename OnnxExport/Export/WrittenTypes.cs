using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Schema;
using Toolkit.Autograd.Tensors;

namespace Toolkit.OnnxExport.Export;

/// <summary>Refuses element types that operators do not take in the operator set that is written: bfloat16 came with version 13 of most, small integers later still.</summary>
/// <param name="opset">The operator set.</param>
internal sealed class WrittenTypes(int opset)
{
    private readonly FormTypes types = new(opset);

    /// <summary>Checks the nodes of a step.</summary>
    /// <param name="step">The step.</param>
    /// <exception cref="ExportException">A type is not allowed.</exception>
    public void Require(Step step)
    {
        foreach (OnnxForm form in step.Forms)
        {
            bool isRoot = ReferenceEquals(form, step.Form);
            IReadOnlyList<OnnxInput> inputs = isRoot ? step.Inputs : form.Inputs!;
            for (int i = 0; i < inputs.Count; i++)
                Require(step, form, schema => schema.Inputs, i, TypeOf(inputs[i], step.Node));
            for (int i = 0; i < step.Node.Outputs.Count && isRoot; i++)
                Require(step, form, schema => schema.Outputs, i, step.Node.Outputs[i].DType);
        }
    }

    private DType? TypeOf(OnnxInput input, Node node) => input switch
    {
        OnnxInput.Argument argument => node.Inputs.Optional(argument.Index)?.DType,
        OnnxInput.Constant constant => constant.Value.DType,
        OnnxInput.Computed computed => types.Of(computed.Form, node)?.DType,
        _ => null,
    };

    private void Require(Step step, OnnxForm form, Func<OperatorSchema, IReadOnlyList<SchemaArgument>> arguments, int position, DType? type)
    {
        if (type is not { } found || Takes(opset) != false)
            return;
        int newer = Enumerable.Range(opset + 1, OnnxExportOptions.NewestOpset - opset).FirstOrDefault(version => Takes(version) == true);
        throw new ExportException(newer > 0
            ? $"{step.Node} is written as {form.Operator}, which has no {found} in the ONNX operator set {opset}: export it with operator set {newer} or newer."
            : $"{step.Node} is written as {form.Operator}, which has no {found} in the ONNX operator sets {opset} to {OnnxExportOptions.NewestOpset}: it can be run here but not exported.");

        // Null where the standard does not have the operator or the argument: others check that.
        bool? Takes(int version) => StandardOperators.Find(string.Empty, form.Operator, version) is not { } schema || arguments(schema) is not { Count: > 0 } all
            ? null
            : all[Math.Min(position, all.Count - 1)].Types.Contains(ElementType.Of(found).TensorName);
    }
}
