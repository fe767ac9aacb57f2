using System.Net;
using Lunette.Iscsi.Isns;

namespace Lunette.Iscsi.Tests.Isns;

public sealed class IsnsMessageTests
{
    [Fact]
    public void Registration_Golden()
    {
        var message = new IsnsMessage(IsnsFunction.DeviceAttributeRegistration, 0x0102, replaces: true)
            .Add(IsnsTag.IscsiName, "iqn.t")
            .Add(IsnsTag.Delimiter)
            .Add(IsnsTag.EntityProtocol, 2)
            .Add(IsnsTag.PortalIpAddress, IPAddress.Parse("192.0.2.1"));
        Assert.Equal(
            Convert.FromHexString(
                "0001" + "0001" + "003C" + "9C00" + "0102" + "0000"             // version, function, length, flags, ids
                + "00000020" + "00000008" + "69716E2E74000000"                  // iSCSI name, NUL and padding
                + "00000000" + "00000000"                                       // delimiter
                + "00000002" + "00000004" + "00000002"                          // entity protocol: iSCSI
                + "00000010" + "00000010" + "00000000000000000000FFFFC0000201"), // portal address
            message.ToArray());
    }

    [Fact]
    public void Answer_StatusOnlyOfItsOwnRequest()
    {
        var message = new IsnsMessage(IsnsFunction.DeviceDeregistration, 7);
        var answer = Convert.FromHexString("0001800400044C000007000000000003");
        Assert.Equal(4, IsnsMessage.AnswerLength(answer));
        Assert.Equal(3u, message.StatusOf(answer));
        Assert.Null(new IsnsMessage(IsnsFunction.DeviceDeregistration, 8).StatusOf(answer));
        Assert.Null(new IsnsMessage(IsnsFunction.DeviceAttributeRegistration, 7).StatusOf(answer));
        Assert.Null(message.StatusOf(answer.AsSpan(0, 15)));
        Assert.Equal(-1, IsnsMessage.AnswerLength(new byte[12]));
        Assert.Equal(-1, IsnsMessage.AnswerLength(answer.AsSpan(0, 11)));
    }
}
