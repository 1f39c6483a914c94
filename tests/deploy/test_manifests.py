"""The manifests agree with each other and with the service."""

from pathlib import Path
from typing import Any

import pytest
import yaml
from kubernetes_validate import ValidationError, validate  # pyright: ignore[reportMissingTypeStubs] -- it has none

from app.main import create_app
from app.settings import PREFIX, Settings
from tests.running import ROOT

FOLDER = ROOT / "deploy" / "kubernetes"


def load(path: Path) -> list[dict[str, Any]]:
    return [document for document in yaml.safe_load_all(path.read_text()) if document]


OBJECTS: dict[str, dict[str, Any]] = {
    document["kind"]: document for path in sorted(FOLDER.glob("*.yaml")) if path.name != "kustomization.yaml" for document in load(path)
}
POD: dict[str, Any] = OBJECTS["Deployment"]["spec"]["template"]
CONTAINER: dict[str, Any] = POD["spec"]["containers"][0]
LABELS: dict[str, str] = POD["metadata"]["labels"]


def test_every_file_is_listed_and_every_kind_is_there() -> None:
    (kustomization,) = load(FOLDER / "kustomization.yaml")
    assert sorted([*kustomization["resources"], "kustomization.yaml"]) == sorted(path.name for path in FOLDER.glob("*.yaml"))
    assert set(OBJECTS) == {
        "Deployment", "Service", "Ingress", "HorizontalPodAutoscaler", "PodDisruptionBudget", "NetworkPolicy",
    }  # fmt: skip
    assert kustomization["images"][0]["name"] == CONTAINER["image"]


@pytest.mark.parametrize("kind", sorted(OBJECTS))
@pytest.mark.parametrize("version", ["1.30", "1.37"])
def test_every_object_fits_the_schema_of_kubernetes(kind: str, version: str) -> None:
    validate(OBJECTS[kind], version, strict=True)
    with pytest.raises(ValidationError):
        validate({**OBJECTS[kind], "spec": {**OBJECTS[kind]["spec"], "replica": 2}}, version, strict=True)


@pytest.mark.parametrize(
    "selector",
    [
        OBJECTS["Deployment"]["spec"]["selector"]["matchLabels"], OBJECTS["Service"]["spec"]["selector"],
        OBJECTS["PodDisruptionBudget"]["spec"]["selector"]["matchLabels"], OBJECTS["NetworkPolicy"]["spec"]["podSelector"]["matchLabels"],
        POD["spec"]["topologySpreadConstraints"][0]["labelSelector"]["matchLabels"],
    ],
)  # fmt: skip
def test_every_selector_finds_the_pods(selector: dict[str, str]) -> None:
    assert selector.items() <= LABELS.items()


def test_references_and_ports_lead_somewhere() -> None:
    (port,) = CONTAINER["ports"]
    assert port["containerPort"] == Settings().port
    assert OBJECTS["Service"]["spec"]["ports"][0]["targetPort"] == port["name"]
    assert OBJECTS["NetworkPolicy"]["spec"]["ingress"][0]["ports"][0]["port"] == port["containerPort"]
    assert POD["metadata"]["annotations"]["prometheus.io/port"] == str(port["containerPort"])
    backend = OBJECTS["Ingress"]["spec"]["rules"][0]["http"]["paths"][0]["backend"]["service"]
    assert backend["name"] == OBJECTS["Service"]["metadata"]["name"]
    assert backend["port"]["name"] == OBJECTS["Service"]["spec"]["ports"][0]["name"]
    assert OBJECTS["HorizontalPodAutoscaler"]["spec"]["scaleTargetRef"]["name"] == OBJECTS["Deployment"]["metadata"]["name"]


def test_probes_ask_addresses_that_exist() -> None:
    known = create_app(Settings()).openapi()["paths"]
    for probe in ("startupProbe", "readinessProbe", "livenessProbe"):
        asked = CONTAINER[probe]["httpGet"]
        assert asked["path"] in known
        assert asked["port"] == CONTAINER["ports"][0]["name"]
    assert CONTAINER["livenessProbe"]["httpGet"]["path"] != CONTAINER["readinessProbe"]["httpGet"]["path"]


@pytest.mark.parametrize("folder", ["deploy/kubernetes/deployment.yaml", "deploy/compose.yaml", "compose.yaml", "Dockerfile"])
def test_every_setting_that_is_named_exists(folder: str) -> None:
    text = (ROOT / folder).read_text()
    named = {word.strip(":=,{}\"'").partition("=")[0].partition(":")[0] for word in text.split() if PREFIX in word}
    assert {name.removeprefix(PREFIX).lower() for name in named} <= set(Settings.model_fields)


def test_container_runs_without_rights_on_a_read_only_disk() -> None:
    context = CONTAINER["securityContext"]
    assert (context["readOnlyRootFilesystem"], context["allowPrivilegeEscalation"], context["capabilities"]) == (
        True,
        False,
        {"drop": ["ALL"]},
    )
    assert POD["spec"]["securityContext"]["runAsNonRoot"] is True
    assert f"USER {POD['spec']['securityContext']['runAsUser']}:" in (ROOT / "Dockerfile").read_text()
    mounted = {mount["mountPath"]: mount["name"] for mount in CONTAINER["volumeMounts"]}
    assert mounted["/tmp"] in {volume["name"] for volume in POD["spec"]["volumes"]}  # noqa: S108 -- where workers count together


def test_compose_mounts_what_is_there() -> None:
    (compose,) = load(ROOT / "deploy" / "compose.yaml")
    for service in compose["services"].values():
        for volume in service.get("volumes", ()):
            assert (ROOT / "deploy" / volume.split(":")[0]).exists()
    assert (ROOT / "deploy" / compose["services"]["api"]["build"] / "Dockerfile").is_file()
