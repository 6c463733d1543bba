namespace Toolkit.Modeling.Data;

/// <summary>
/// A few examples side by side, in buffers that the next batch of the same pass overwrites: valid until the enumeration moves on.
/// </summary>
public sealed class Batch
{
    private readonly float[] _features;
    private readonly long[] _labels;
    private readonly float[] _targets;

    internal Batch(DataLayout layout, int capacity)
    {
        Layout = layout;
        Capacity = capacity;
        _features = new float[checked(capacity * layout.FeatureLength)];
        _labels = layout.HasLabels ? new long[capacity] : [];
        _targets = layout.HasLabels ? [] : new float[checked(capacity * layout.TargetLength)];
    }

    /// <summary>The shape of one example.</summary>
    public DataLayout Layout { get; }

    /// <summary>How many examples a full batch has.</summary>
    public int Capacity { get; }

    /// <summary>How many examples this batch has: <see cref="Capacity"/>, or fewer in the last batch of a pass.</summary>
    public int Count { get; internal set; }

    /// <summary>The features, example after example: <see cref="Count"/> × <see cref="DataLayout.FeatureLength"/> numbers.</summary>
    public ReadOnlyMemory<float> Features => _features.AsMemory(0, Count * Layout.FeatureLength);

    /// <summary>The labels, <see cref="Count"/> numbers; empty if examples carry targets.</summary>
    public ReadOnlyMemory<long> Labels => _labels.AsMemory(0, Layout.HasLabels ? Count : 0);

    /// <summary>The targets, example after example: <see cref="Count"/> × <see cref="DataLayout.TargetLength"/> numbers; empty if
    /// examples carry labels.</summary>
    public ReadOnlyMemory<float> Targets => _targets.AsMemory(0, Count * Layout.TargetLength);

    /// <summary>The whole buffer of features, for callers that hand arrays on.</summary>
    internal float[] FeatureBuffer => _features;

    /// <summary>The whole buffer of labels.</summary>
    internal long[] LabelBuffer => _labels;

    /// <summary>The whole buffer of targets.</summary>
    internal float[] TargetBuffer => _targets;

    /// <summary>Copies an example into a slot of the buffers.</summary>
    internal void Set(int slot, ReadOnlySpan<float> features, long label, ReadOnlySpan<float> target)
    {
        features.CopyTo(_features.AsSpan(slot * Layout.FeatureLength, Layout.FeatureLength));
        if (Layout.HasLabels)
            _labels[slot] = label;
        else
            target.CopyTo(_targets.AsSpan(slot * Layout.TargetLength, Layout.TargetLength));
    }
}
