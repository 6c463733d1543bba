using Microsoft.ML;
using Microsoft.ML.Data;
using Toolkit.Autograd.Graph;
using Toolkit.MLNetIntegration.Scoring;

namespace Toolkit.MLNetIntegration.Training;

/// <summary>What a task asks of labels, network, loss and columns.</summary>
internal abstract class NetworkHead
{
    /// <summary>The label type in words.</summary>
    public abstract string ExpectedLabel { get; }

    /// <summary>Whether the loss sees labels of mean 0 and standard deviation 1, so that one learning rate suits all units.</summary>
    public virtual bool StandardizesLabel => false;

    /// <summary>Whether the network has one output for each class, so that outputs can be reordered with them.</summary>
    public virtual bool HasOutputPerClass => false;

    /// <summary>Whether a column can be the label.</summary>
    public abstract bool Accepts(DataViewType type);

    /// <summary>The network and its loss.</summary>
    public abstract NetworkPlan Plan(NetworkInput input);

    /// <summary>The model outputs made of the network's output; each becomes a column of its name.</summary>
    public abstract IReadOnlyList<Output> Outputs(Variable prediction, NetworkPlan plan, LabelColumn label, LabelScale scale);

    /// <summary>The names of these outputs, known before there is a network.</summary>
    public virtual IReadOnlyList<string> OutputNames => ["Score"];

    /// <summary>Columns of predictions; null for none.</summary>
    public virtual PredictionOptions? Prediction(DataViewSchema.Column label) => null;

    /// <summary>Names of the elements of outputs.</summary>
    public virtual IReadOnlyDictionary<string, IReadOnlyList<string>> SlotNames => new Dictionary<string, IReadOnlyList<string>>();

    /// <summary>The columns that will be added, as far as they are known before the data are.</summary>
    public abstract IEnumerable<SchemaShape.Column> Columns(SchemaShape.Column label);

    /// <summary>The name of a label column whose key values name the classes, if it has them.</summary>
    protected static string? Named(DataViewSchema.Column label) =>
        label.Annotations.Schema.GetColumnOrNull(ClassLabels.KeyValues) is null ? null : label.Name;
}
